package io.fleetline.devkafka;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka in KRaft mode on loopback ports, for trying out and for tests; never in production.
 *
 * <pre>{@code
 * try (DevKafka kafka = DevKafka.builder().start()) {
 *     producerSettings.put("bootstrap.servers", kafka.bootstrapServers());
 * }
 * }</pre>
 *
 * <p>It runs either as one broker in this process ({@link Builder#inProcess()}, the default) or as a cluster of brokers
 * in processes of their own ({@link Builder#processes(int)}). Each broker is a KRaft controller too. Brokers are
 * numbered from 1. All of them are ready when {@link Builder#start()} returns: each takes requests and knows all others.
 *
 * <p>What the brokers have to say goes into {@linkplain #logFile(int) their own log files} and nowhere else: a broker in
 * this process is loaded by a class loader of its own, so that neither its log nor its static state meets the
 * application's Kafka clients, and a fatal error in it ends the broker, not the JVM.
 *
 * <p>Nobody but the caller closes it, and a broker in this process keeps the JVM alive until then. If the JVM ends first,
 * however abruptly, brokers in other processes end by themselves within a second, a kept directory can be used again, and
 * a temporary one is left behind.
 *
 * <p>All methods may be called from any thread; those that change a broker's state wait for each other.
 */
public final class DevKafka implements AutoCloseable {

    private final Cluster cluster;

    private DevKafka(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * The way to start one.
     *
     * @return a builder for one broker in this process on free ports, with a temporary directory
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The addresses of all brokers, running or not, as Kafka clients want them in {@code bootstrap.servers}.
     *
     * @return for instance {@code 127.0.0.1:23456,127.0.0.1:23460}; the same as long as this object lives
     */
    public String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    /**
     * The numbers of all brokers, running or not.
     *
     * @return 1, 2, 3 and so on; these are also Kafka's node ids
     */
    public List<Integer> brokers() {
        return cluster.brokers();
    }

    /**
     * Kafka's id of this cluster, made at the first start on a directory.
     *
     * @return 22 characters of URL-safe Base64
     */
    public String clusterId() {
        return cluster.clusterId();
    }

    /**
     * Where everything lies that belongs to this cluster.
     *
     * @return an absolute path
     */
    public Path directory() {
        return cluster.directory();
    }

    /**
     * Where a broker writes its log, and all that its process prints.
     *
     * @param broker the broker's number
     * @return an absolute path; the file is at most 16 MiB long, what was before that is in a file beside it with
     *     {@code .1} at the end of its name
     * @throws IllegalArgumentException if there is no such broker
     */
    public Path logFile(int broker) {
        return cluster.logFile(broker);
    }

    /**
     * The port on which a broker listens for clients.
     *
     * @param broker the broker's number
     * @return a TCP port of 127.0.0.1; the same as long as this object lives
     * @throws IllegalArgumentException if there is no such broker
     */
    public int port(int broker) {
        return cluster.port(broker);
    }

    /**
     * The id of the process that a broker runs in: its own, or that of this JVM.
     *
     * @param broker the broker's number
     * @return the process id, or empty while the broker does not run
     * @throws IllegalArgumentException if there is no such broker
     */
    public Optional<Long> processId(int broker) {
        return cluster.processId(broker);
    }

    /**
     * Whether a broker runs. One that is {@linkplain #pause(int) paused} does.
     *
     * @param broker the broker's number
     * @return false after {@link #kill}, {@link #stop}, {@link #close}, or a fatal error of its own
     * @throws IllegalArgumentException if there is no such broker
     */
    public boolean isRunning(int broker) {
        return cluster.isRunning(broker);
    }

    /**
     * Ends a broker without warning: a process as {@code kill -9} does. A broker in this process has all its connections
     * cut first, hands nothing over and leaves its directory as if it had crashed. Does nothing if the broker does not
     * run.
     *
     * @param broker the broker's number
     * @throws IllegalArgumentException if there is no such broker
     * @throws IllegalStateException if this cluster is closed
     */
    public void kill(int broker) {
        cluster.kill(broker);
    }

    /**
     * Stops a broker in good order: it hands over what it leads, if there is somebody to take it, and closes its files.
     * A process that has not ended after 10 s is killed. Does nothing if the broker does not run.
     *
     * @param broker the broker's number
     * @throws IllegalArgumentException if there is no such broker
     * @throws IllegalStateException if this cluster is closed
     */
    public void stop(int broker) {
        cluster.stop(broker);
    }

    /**
     * Starts brokers that were killed or stopped, on the same data and ports, and returns when all of them are ready.
     * Brokers that run already are left alone. Where too few run for a majority of the controllers, name as many as it
     * takes in one call: a broker alone waits for the majority.
     *
     * @param brokers the brokers' numbers
     * @throws IllegalArgumentException if there is no such broker
     * @throws IllegalStateException if this cluster is closed
     * @throws DevKafkaException if one did not become ready within the {@linkplain Builder#startTimeout start timeout},
     *     or its port has been taken meanwhile; those that did not become ready are killed
     */
    public void start(int... brokers) {
        cluster.start(brokers);
    }

    /**
     * Halts a broker in the middle of what it does ({@code SIGSTOP}): its connections stay open and nobody answers.
     * Does nothing if it is paused already. If this JVM ends meanwhile, the broker goes on, only to end too.
     *
     * @param broker the broker's number
     * @throws IllegalArgumentException if there is no such broker
     * @throws IllegalStateException if the broker does not run, or this cluster is closed
     * @throws UnsupportedOperationException for a broker in this process, and on systems without POSIX signals
     */
    public void pause(int broker) {
        cluster.pause(broker);
    }

    /**
     * Lets a paused broker go on ({@code SIGCONT}). Does nothing if it is not paused.
     *
     * @param broker the broker's number
     * @throws IllegalArgumentException if there is no such broker
     * @throws IllegalStateException if this cluster is closed
     */
    public void resume(int broker) {
        cluster.resume(broker);
    }

    /**
     * Stops all brokers; a kept directory is left in good order, a temporary one is removed. Does nothing the second
     * time.
     */
    @Override
    public void close() {
        cluster.close();
    }

    /** What is to be started. Used once, by one thread. */
    public static final class Builder {

        private int processes;
        private @Nullable Path directory;
        private OptionalInt firstPort = OptionalInt.empty();
        private String clientProtocol = "PLAINTEXT";
        private final List<ClusterPlan.Detour> detours = new ArrayList<>();
        private final Map<String, String> properties = new LinkedHashMap<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private Duration startTimeout = Duration.ofSeconds(60);

        private Builder() {}

        /**
         * One broker inside this process: the quickest to start. This is the default.
         *
         * @return this builder
         */
        public Builder inProcess() {
            processes = 0;
            return this;
        }

        /**
         * Brokers in processes of their own, which end when this process does. Their controllers form one quorum. They
         * are started with the class path and the JDK of this process and at most 384 MiB of heap each.
         *
         * @param brokers how many, from 1 to 9; odd numbers make sense
         * @return this builder
         * @throws IllegalArgumentException for other numbers
         */
        public Builder processes(int brokers) {
            if (brokers < 1 || brokers > ClusterPlan.MAX_BROKERS) {
                throw new IllegalArgumentException(
                        "From 1 to " + ClusterPlan.MAX_BROKERS + " brokers can be started, not " + brokers);
            }
            processes = brokers;
            return this;
        }

        /**
         * Keeps everything in this directory, which is made if it does not exist. A later start on it finds the same
         * cluster id, data and, if nobody else has taken them, ports. Without it, everything goes to a temporary
         * directory and is removed by {@link DevKafka#close()}.
         *
         * @param directory a directory that is empty, does not exist yet, or was used by a {@link DevKafka} with the
         *     same number of brokers
         * @return this builder
         */
        public Builder directory(Path directory) {
            this.directory = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /**
         * Listens for clients on this port and, if there are more brokers, on the ones that follow it. Without it, free
         * ports are chosen.
         *
         * @param firstPort from 1 to 65,535
         * @return this builder
         * @throws IllegalArgumentException for other numbers
         */
        public Builder port(int firstPort) {
            if (firstPort < 1 || firstPort > 65_535) {
                throw new IllegalArgumentException("A port is a number from 1 to 65535, not " + firstPort);
            }
            this.firstPort = OptionalInt.of(firstPort);
            return this;
        }

        /**
         * How clients, and brokers among themselves, speak to the client port. Certificates, SASL mechanisms and users are
         * {@linkplain #property properties}; controllers speak in the clear in any case.
         *
         * @param protocol one of Kafka's: {@code PLAINTEXT} (the default), {@code SSL}, {@code SASL_PLAINTEXT} or
         *     {@code SASL_SSL}
         * @return this builder
         * @throws IllegalArgumentException for other words
         */
        public Builder clientProtocol(String protocol) {
            if (!ClusterPlan.CLIENT_PROTOCOLS.contains(protocol)) {
                throw new IllegalArgumentException("A security protocol is one of "
                        + String.join(", ", ClusterPlan.CLIENT_PROTOCOLS) + ", not " + protocol);
            }
            clientProtocol = protocol;
            return this;
        }

        /**
         * Gives the next broker, from 1 on, a further listener for clients, and has it tell those that come this way to find it
         * at another port. So a test can put something between some clients and all brokers, while the others, and the
         * brokers among themselves, speak to each other directly. To be given for each broker or for none.
         *
         * @param port of 127.0.0.1, where the broker listens; free, since the broker opens it when it starts
         * @param advertisedPort of 127.0.0.1, where clients find what is in between
         * @return this builder
         */
        public Builder detour(int port, int advertisedPort) {
            detours.add(new ClusterPlan.Detour(port, advertisedPort));
            return this;
        }

        /**
         * Sets a broker property, over what would be set otherwise.
         *
         * @param name as in Kafka's {@code server.properties}
         * @param value its value
         * @return this builder
         * @throws IllegalArgumentException for a property that says who and where a broker is ({@code node.id},
         *     {@code listeners}, {@code log.dirs} and their like)
         */
        public Builder property(String name, Object value) {
            if (ClusterPlan.OWN_PROPERTIES.contains(name)) {
                throw new IllegalArgumentException(
                        "The broker property " + name + " is set by DevKafka itself and cannot be set to " + value);
            }
            properties.put(name, value.toString());
            return this;
        }

        /**
         * Adds options for the JVMs of brokers in processes of their own, after the usual ones; a broker in this process
         * ignores them.
         *
         * @param options for instance {@code -Xmx1g}
         * @return this builder
         */
        public Builder jvmOptions(String... options) {
            jvmOptions.addAll(List.of(options));
            return this;
        }

        /**
         * How long to wait until all brokers are ready; 60 s if not set, which is many times what it takes.
         *
         * @param timeout more than zero
         * @return this builder
         * @throws IllegalArgumentException if it is not more than zero
         */
        public Builder startTimeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("The start timeout must be more than zero, not " + timeout);
            }
            startTimeout = timeout;
            return this;
        }

        /**
         * Starts the brokers and waits until all of them are ready.
         *
         * @return the running cluster, to be closed by the caller
         * @throws DevKafkaException if the directory cannot be written, is in use or holds something else, if a port
         *     given by {@link #port} is taken, or if a broker did not become ready in time; nothing keeps running then
         */
        public DevKafka start() {
            if (!detours.isEmpty() && detours.size() != Math.max(1, processes)) {
                throw new IllegalArgumentException(
                        detours.size() + " detours were given for " + Math.max(1, processes) + " brokers");
            }
            ClusterPlan plan = new ClusterPlan(
                    processes == 0,
                    Math.max(1, processes),
                    firstPort,
                    clientProtocol,
                    detours,
                    properties,
                    jvmOptions,
                    startTimeout);
            ClusterFolder folder = directory == null
                    ? ClusterFolder.temporary(plan.brokers())
                    : ClusterFolder.keep(directory, plan.brokers());
            Cluster cluster = new Cluster(plan, folder, Clock.systemUTC(), new SecureRandom());
            cluster.startAll();
            return new DevKafka(cluster);
        }
    }
}
