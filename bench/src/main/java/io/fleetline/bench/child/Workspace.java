package io.fleetline.bench.child;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * The child processes of one measurement, and the directory that they write in. Both are gone when it is closed, and
 * also when this process is ended from outside.
 */
public final class Workspace implements AutoCloseable {
    /** A system property: true leaves the directory, with the log of each child, where it is. */
    public static final String KEEP = "fleetline.bench.keep";

    /** Before a child's name a system property: further options for its virtual machine, such as a profiler's. */
    public static final String JVM_OF = "fleetline.bench.jvm.";

    private static final List<String> NICELY = List.of("nice", "-n", "19");

    private final Path directory;
    private final Thread atExit = new Thread(this::abandon, "bench-workspace");
    /** Guarded by itself; the newest first. */
    private final Deque<ChildJvm> children = new ArrayDeque<>();

    private Workspace(Path directory) {
        this.directory = directory;
    }

    /** A new, empty one, among the system's temporary files. */
    public static Workspace create() throws IOException {
        Workspace workspace = new Workspace(Files.createTempDirectory("fleetline-bench-"));
        Runtime.getRuntime().addShutdownHook(workspace.atExit);
        return workspace;
    }

    /** Where files may be written. */
    public Path directory() {
        return directory;
    }

    /** Starts a child process that ends with this workspace. */
    public ChildJvm start(String name, Class<? extends Role> role, List<String> options) throws IOException {
        return start(name, role, options, List.of());
    }

    /** The same with the least priority: it gets of the processor what nobody else wants. */
    public ChildJvm startNicely(String name, Class<? extends Role> role, List<String> options) throws IOException {
        return start(name, role, options, NICELY);
    }

    private ChildJvm start(String name, Class<? extends Role> role, List<String> options, List<String> launcher)
            throws IOException {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(System.getProperty(JVM_OF + name, "").strip().split("\\s+")));
        all.removeIf(String::isEmpty);
        ChildJvm child = ChildJvm.start(name, role, all, launcher, directory);
        synchronized (children) {
            children.addFirst(child);
        }
        return child;
    }

    /** Stops the children, those started last first, and removes the directory. */
    @Override
    public void close() throws IOException {
        children().forEach(ChildJvm::close);
        Runtime.getRuntime().removeShutdownHook(atExit);
        removeDirectory();
    }

    private void abandon() {
        children().forEach(ChildJvm::kill);
        try {
            removeDirectory();
        } catch (IOException e) {
            System.err.println("left behind: " + directory + " (" + e.getMessage() + ")");
        }
    }

    private List<ChildJvm> children() {
        synchronized (children) {
            return List.copyOf(children);
        }
    }

    private void removeDirectory() throws IOException {
        if (Boolean.getBoolean(KEEP)) {
            System.err.println("kept: " + directory);
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
