package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.simulator.proof.JournalReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The journals of an instance's starts, one numbered file each; the newest says where the devices' counters go on. */
final class Journals {
    private static final Pattern NAME = Pattern.compile("(\\d{6,18})\\.journal");
    private static final int KEPT = 5;

    private final Path directory;
    private final NavigableMap<Long, Path> files = new TreeMap<>();

    /** @throws CliFailure if the directory cannot be read */
    Journals(Path directory) {
        this.directory = directory;
        try (Stream<Path> entries = Files.list(directory)) {
            entries.forEach(file -> {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    files.put(Long.parseLong(name.group(1)), file);
                }
            });
        } catch (IOException e) {
            throw new CliFailure("cannot read " + directory + ": " + FileTrouble.describe(e), e);
        }
    }

    /** The highest counter of each device that ever published. */
    Map<String, Long> lastCounters() {
        Optional<Path> newest = Optional.ofNullable(files.lastEntry()).map(Map.Entry::getValue);
        try {
            return newest.isEmpty()
                    ? Map.of()
                    : JournalReading.read(newest.get()).lastCounters();
        } catch (IOException e) {
            throw new CliFailure(
                    "cannot read the journal of the start before: " + FileTrouble.describe(e)
                            + "; --fresh begins without it",
                    e);
        }
    }

    /** The file for the journal of this start. Of those before, the last few are kept. */
    Path next() throws IOException {
        while (files.size() > KEPT) {
            Files.delete(files.pollFirstEntry().getValue());
        }
        long number = files.isEmpty() ? 1 : files.lastKey() + 1;
        return directory.resolve(String.format(Locale.ROOT, "%06d.journal", number));
    }
}
