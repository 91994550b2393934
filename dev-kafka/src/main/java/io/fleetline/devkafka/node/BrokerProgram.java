package io.fleetline.devkafka.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The program of a broker in a process of its own. It is led through its life by lines on standard input and reports in
 * lines on standard output:
 *
 * <pre>
 *   bound CLIENT-PORT CONTROLLER-PORT    its sockets are open
 *       start CLUSTER-ID BROKERS         the settings file is complete; ready means that so many brokers are known
 *   ready                                or: failed SENTENCE, and the process ends
 *       stop                             only the broker, its controller goes on
 *   stopped
 *       leave                            the controller too; the process ends
 * </pre>
 *
 * <p>When standard input ends, whoever started it is gone, and it ends at once.
 */
public final class BrokerProgram {

    /** Begins the report that the sockets are open. */
    public static final String BOUND = "bound ";

    /** The report that the broker takes requests. */
    public static final String READY = "ready";

    /** Begins the report of what went wrong; the process ends. */
    public static final String FAILED = "failed ";

    /** Begins the order to start. */
    public static final String START = "start ";

    /** The order to stop serving. */
    public static final String STOP = "stop";

    /** The report that the broker's files are closed. */
    public static final String STOPPED = "stopped";

    /** The order to end. */
    public static final String LEAVE = "leave";

    /** How long a broker waits for one before it, whose parent was killed, to let go of the storage. */
    private static final int LOCK_ATTEMPTS = 200;

    private static final long LOCK_RETRY_NANOS = Duration.ofMillis(50).toNanos();

    private final PrintStream reports;
    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();

    private BrokerProgram(PrintStream reports) {
        this.reports = reports;
    }

    /**
     * Runs a broker.
     *
     * @param arguments the settings file, the log file, the lock file, and the {@linkplain PortWish#argument() ports}
     */
    public static void main(String[] arguments) {
        PrintStream reports = System.out;
        // Reports have standard output to themselves; what a library prints goes to the log, like standard error.
        System.setOut(System.err);
        new BrokerProgram(reports)
                .run(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), PortWish.parse(arguments[3]));
    }

    private void run(Path settingsFile, Path logFile, Path lockFile, PortWish wish) {
        Thread reader = new Thread(this::readOrders, "orders");
        reader.setDaemon(true);
        reader.start();
        try (FileChannel lockChannel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                BrokerSockets sockets = openOnceLocked(lockChannel, wish)) {
            report(BOUND + sockets.ports().client() + " " + sockets.ports().controller());
            String[] start = next(START).split(" ", -1);
            KafkaNode node = new KafkaNode(
                    settings(settingsFile), start[0], sockets.byListener(), logFile, Clock.systemUTC(), this::fail);
            node.start(Integer.parseInt(start[1]));
            report(READY);
            next(STOP);
            node.stopServing();
            report(STOPPED);
            next(LEAVE);
            node.leaveQuorum();
        } catch (Throwable e) {
            e.printStackTrace();
            fail(sentence(e));
        }
        Runtime.getRuntime().halt(0);
    }

    /** The lock is held until the process ends. */
    private static BrokerSockets openOnceLocked(FileChannel channel, PortWish wish) throws IOException {
        for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
            if (channel.tryLock() != null) {
                return BrokerSockets.open(wish, new SecureRandom());
            }
            LockSupport.parkNanos(LOCK_RETRY_NANOS);
        }
        throw new IOException("Another broker, left over from an earlier start, still uses the storage");
    }

    private static Map<String, String> settings(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    private void readOrders() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            @Nullable String line;
            while ((line = in.readLine()) != null) {
                orders.add(line);
            }
        } catch (IOException e) {
            System.err.println("The orders cannot be read any more: " + e);
        }
        Runtime.getRuntime().halt(1);
    }

    private String next(String order) throws IOException, InterruptedException {
        String line = orders.take();
        if (!line.startsWith(order)) {
            throw new IOException("Expected the order \"" + order + "\" but got \"" + line + "\"");
        }
        return line.substring(order.length());
    }

    private void report(String line) {
        reports.println(line);
        reports.flush();
    }

    private void fail(String sentence) {
        report(FAILED + sentence.replaceAll("\\s+", " "));
        Runtime.getRuntime().halt(1);
    }

    /** What went wrong, from the outside in. */
    private static String sentence(Throwable thrown) {
        StringBuilder sentence = new StringBuilder(describe(thrown));
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            String described = describe(cause);
            if (sentence.indexOf(described) < 0) {
                sentence.append(": ").append(described);
            }
        }
        return sentence.toString();
    }

    private static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }
}
