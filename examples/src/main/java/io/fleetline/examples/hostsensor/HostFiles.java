package io.fleetline.examples.hostsensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel tells in files, below some root: {@code /} on a real machine, a directory of fixtures in a test. A file
 * that is missing or cannot be read is simply not told.
 */
record HostFiles(Path root) {
    /** The lines of this file. */
    Optional<List<String>> lines(String path) {
        return lines(root.resolve(path));
    }

    static Optional<List<String>> lines(Path file) {
        try {
            return Optional.of(Files.readAllLines(file, UTF_8));
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    /** The first line of this file, without spaces around it. */
    static Optional<String> line(Path file) {
        return lines(file).flatMap(lines -> lines.stream().findFirst()).map(String::strip);
    }

    /** What lies in this directory and fits this pattern, by name. */
    List<Path> matching(String directory, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory), glob)) {
            entries.forEach(found::add);
        } catch (IOException | SecurityException e) {
            return List.of();
        }
        found.sort(Comparator.comparing(path -> path.getFileName().toString()));
        return found;
    }
}
