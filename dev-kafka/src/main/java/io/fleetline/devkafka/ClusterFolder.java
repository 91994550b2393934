package io.fleetline.devkafka;

import io.fleetline.devkafka.node.BrokerPorts;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one cluster, ours alone as long as it is open.
 *
 * <pre>
 *   dev-kafka.properties    what the cluster is: its id, how many brokers, their ports
 *   dev-kafka.lock          locked while it is open
 *   broker-1/data           Kafka's storage
 *   broker-1/broker.log     see DevKafka.logFile
 *   broker-1/...            what its process was started with
 * </pre>
 */
final class ClusterFolder implements Closeable {

    private static final String PROPERTIES = "dev-kafka.properties";
    private static final String PROPERTIES_IN_MAKING = "dev-kafka.properties.new";
    private static final String LOCK = "dev-kafka.lock";
    private static final Set<String> OURS = Set.of(PROPERTIES_IN_MAKING, LOCK);
    private static final String LAYOUT = "1";
    private static final int NAMES_SHOWN = 3;

    /** File locks hold between processes only, and opening the lock file twice in one process loosens them. */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final boolean temporary;
    private final FileChannel lockChannel;
    private final Properties properties;

    private ClusterFolder(Path path, boolean temporary, FileChannel lockChannel, Properties properties) {
        this.path = path;
        this.temporary = temporary;
        this.lockChannel = lockChannel;
        this.properties = properties;
    }

    /**
     * A new directory that closing removes.
     *
     * @param brokers how many
     * @return the directory, open
     */
    public static ClusterFolder temporary(int brokers) {
        try {
            return open(Files.createTempDirectory("fleetline-kafka-").toRealPath(), true, brokers);
        } catch (IOException e) {
            throw new DevKafkaException(
                    "Cannot make a temporary directory for Kafka in " + System.getProperty("java.io.tmpdir") + ": "
                            + reason(e),
                    e);
        }
    }

    /**
     * A directory that stays.
     *
     * @param directory the user's
     * @param brokers how many
     * @return the directory, open
     */
    public static ClusterFolder keep(Path directory, int brokers) {
        Path real;
        try {
            Files.createDirectories(directory);
            real = directory.toRealPath();
        } catch (IOException e) {
            throw new DevKafkaException(
                    "Cannot make or enter the directory " + directory.toAbsolutePath() + " for Kafka: " + reason(e), e);
        }
        return open(real, false, brokers);
    }

    private static ClusterFolder open(Path path, boolean temporary, int brokers) {
        if (path.toString().contains(",")) {
            throw new DevKafkaException(
                    "Kafka cannot keep its data in " + path + ": a comma would separate two directories for it");
        }
        refuseForeign(path);
        if (!OPEN_HERE.add(path)) {
            throw new DevKafkaException(
                    "The directory " + path + " is in use by another DevKafka in this process; close that one first");
        }
        ClusterFolder folder = null;
        try {
            FileChannel channel = lock(path);
            folder = new ClusterFolder(path, temporary, channel, new Properties());
            folder.load(brokers);
            return folder;
        } catch (IOException e) {
            throw new DevKafkaException("Cannot use the directory " + path + " for Kafka: " + reason(e), e);
        } finally {
            if (folder == null) {
                OPEN_HERE.remove(path);
            } else if (folder.properties.isEmpty()) {
                folder.unlock();
            }
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new DevKafkaException("The directory " + path
                    + " is in use by the DevKafka of another process; stop that one first, or give another directory");
        }
        return channel;
    }

    private static void refuseForeign(Path path) {
        if (Files.exists(path.resolve(PROPERTIES))) {
            return;
        }
        try (Stream<Path> inside = Files.list(path)) {
            Set<String> foreign = inside.map(entry -> entry.getFileName().toString())
                    .filter(name -> !OURS.contains(name))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!foreign.isEmpty()) {
                throw new DevKafkaException("The directory " + path + " holds something else than a Kafka made here ("
                        + foreign.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "))
                        + (foreign.size() > NAMES_SHOWN ? ", ..." : "")
                        + "); give an empty directory or one that does not exist yet");
            }
        } catch (IOException e) {
            throw new DevKafkaException("Cannot read the directory " + path + " for Kafka: " + reason(e), e);
        }
    }

    private void load(int brokers) throws IOException {
        Path file = path.resolve(PROPERTIES);
        Properties found = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            found.load(reader);
        } catch (NoSuchFileException e) {
            found.setProperty("layout", LAYOUT);
            found.setProperty("cluster.id", Uuid.randomUuid().toString());
            found.setProperty("brokers", String.valueOf(brokers));
            save(found);
        } catch (IllegalArgumentException e) {
            throw new DevKafkaException(file + " is not a properties file: " + e.getMessage(), e);
        }
        check(file, found, "layout", LAYOUT, "was written by another version of dev-kafka; give another directory");
        check(
                file,
                found,
                "brokers",
                String.valueOf(brokers),
                "belongs to a cluster of another size; start as many brokers as it has, or give another directory");
        if (found.getProperty("cluster.id") == null) {
            throw new DevKafkaException(file + " names no cluster.id; it is damaged, give another directory");
        }
        properties.putAll(found);
    }

    private static void check(Path file, Properties found, String name, String expected, String otherwise) {
        String value = found.getProperty(name);
        if (!expected.equals(value)) {
            throw new DevKafkaException(
                    file + " says " + name + "=" + value + " where " + expected + " was expected: it " + otherwise);
        }
    }

    private void save(Properties toSave) throws IOException {
        Path made = path.resolve(PROPERTIES_IN_MAKING);
        try (Writer writer = Files.newBufferedWriter(made)) {
            toSave.store(writer, "A Kafka for development. What is in this directory belongs together.");
        }
        Files.move(made, path.resolve(PROPERTIES), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public Path path() {
        return path;
    }

    public boolean isTemporary() {
        return temporary;
    }

    public String clusterId() {
        return properties.getProperty("cluster.id");
    }

    Path storage(int broker) {
        return home(broker).resolve("data");
    }

    Path logFile(int broker) {
        return home(broker).resolve("broker.log");
    }

    Path settingsFile(int broker) {
        return home(broker).resolve("broker.properties");
    }

    Path argumentsFile(int broker) {
        return home(broker).resolve("java.arguments");
    }

    Path lockFile(int broker) {
        return home(broker).resolve("broker.lock");
    }

    Path home(int broker) {
        return path.resolve("broker-" + broker);
    }

    /** Makes the directory of a broker if it is not there. */
    void furnish(int broker) {
        try {
            Files.createDirectories(home(broker));
        } catch (IOException e) {
            throw new DevKafkaException("Cannot make the directory " + home(broker) + ": " + reason(e), e);
        }
    }

    /** The ports that a broker had when this cluster last ran. */
    Optional<BrokerPorts> rememberedPorts(int broker) {
        try {
            return Optional.of(new BrokerPorts(
                    Integer.parseInt(properties.getProperty("broker." + broker + ".client-port", "")),
                    Integer.parseInt(properties.getProperty("broker." + broker + ".controller-port", ""))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    void remember(List<BrokerPorts> ports) {
        for (int i = 0; i < ports.size(); i++) {
            properties.setProperty(
                    "broker." + (i + 1) + ".client-port",
                    String.valueOf(ports.get(i).client()));
            properties.setProperty(
                    "broker." + (i + 1) + ".controller-port",
                    String.valueOf(ports.get(i).controller()));
        }
        try {
            save(properties);
        } catch (IOException e) {
            throw new DevKafkaException("Cannot write " + path.resolve(PROPERTIES) + ": " + reason(e), e);
        }
    }

    /** Gives the directory free, or removes it if it is a temporary one. No broker may run any more. */
    @Override
    public void close() {
        try {
            if (temporary) {
                delete(path);
            }
        } catch (IOException e) {
            throw new DevKafkaException("Cannot remove the temporary directory " + path + ": " + reason(e), e);
        } finally {
            unlock();
        }
    }

    private void unlock() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot unlock " + path.resolve(LOCK), e);
        } finally {
            OPEN_HERE.remove(path);
        }
    }

    private static void delete(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Exceptions of the file system often say nothing but the path; their type says the rest. */
    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "").replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                + " ("
                + e.getMessage()
                + ")";
    }
}
