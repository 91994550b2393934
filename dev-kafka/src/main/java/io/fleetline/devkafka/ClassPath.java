package io.fleetline.devkafka;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where the classes of this JVM come from, for those that need the same classes elsewhere. */
final class ClassPath {

    private ClassPath() {}

    /**
     * The class path, and the module path as if it were one: Kafka asks for no modules. A jar whose manifest names the
     * others, as build tools make it, counts as these others, because class loaders follow it.
     */
    static List<Path> ofThisJvm() {
        Set<Path> entries = new LinkedHashSet<>(
                of(System.getProperty("java.class.path", ""), System.getProperty("jdk.module.path", "")));
        entries.add(ourOwn());
        return List.copyOf(entries);
    }

    static List<Path> of(String classPath, String modulePath) {
        Set<Path> entries = new LinkedHashSet<>();
        for (String entry : elements(classPath)) {
            entries.add(Path.of(entry).toAbsolutePath());
        }
        for (String entry : elements(modulePath)) {
            entries.addAll(jarsOrClasses(Path.of(entry).toAbsolutePath()));
        }
        return List.copyOf(entries);
    }

    private static List<String> elements(String path) {
        return Stream.of(path.split(File.pathSeparator, -1))
                .filter(element -> !element.isEmpty())
                .toList();
    }

    private static List<Path> jarsOrClasses(Path modulePathElement) {
        if (!Files.isDirectory(modulePathElement) || Files.exists(modulePathElement.resolve("module-info.class"))) {
            return List.of(modulePathElement);
        }
        List<Path> found = new ArrayList<>(List.of(modulePathElement));
        try (Stream<Path> inside = Files.list(modulePathElement)) {
            inside.filter(path -> path.toString().endsWith(".jar") || Files.isDirectory(path))
                    .forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the module path at " + modulePathElement, e);
        }
        return found;
    }

    /** On the class path already, unless this class was loaded in some other way. */
    private static Path ourOwn() {
        try {
            return Path.of(ClassPath.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
