package io.fleetline.exact;

import io.fleetline.backend.filter.FilterLimits;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads events topics, puts each device's records in order, and writes every event once to the topic of the same name and
 * {@value io.fleetline.protocol.Topics#EXACT_SUFFIX}: in Kafka's transactions, so that an ordinary consumer with {@code
 * isolation.level=read_committed} sees each event exactly once and in the order of its lane, whatever was killed.
 *
 * <p>Several instances with one {@linkplain ExactStageConfig#application() application name} share the partitions. Each keeps
 * its share of the filter's state on disk and in changelog topics in Kafka, and a spare copy of another's: if an instance
 * dies, another one goes on where its last transaction ended.
 *
 * <p>Off the path from device to Kafka: where it is down, nothing is lost and receipts come as ever; it catches up from where
 * it was as long as the events topic keeps its records. It can be built anew from the events topic at any time.
 *
 * <p>Safe for use by many threads.
 */
public final class ExactStage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExactStage.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(20);

    private final KafkaStreams streams;
    private final PrometheusMeterRegistry registry;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable MetricsEndpoint endpoint;
    private volatile boolean wasRunning;

    private ExactStage(KafkaStreams streams, PrometheusMeterRegistry registry) {
        this.streams = streams;
        this.registry = registry;
    }

    /**
     * Makes the exact topics where they are missing, and starts. Returns before the first record is read; {@link #isReady}
     * tells when partitions are at work.
     *
     * @throws IllegalStateException if a topic is missing or does not match, if records were deleted that the stage has
     *     not read, or if the port for metrics is taken
     * @throws KafkaException if Kafka cannot be reached or refuses
     */
    public static ExactStage start(ExactStageConfig config) {
        Map<String, Object> settings = settings(config);
        Map<String, FilterLimits> topics;
        try (Admin admin = Admin.create(settings)) {
            ExactTopics kafka = new ExactTopics(admin);
            topics = kafka.prepare(config.topics());
            kafka.checkPositions(config.application(), config.topics(), config.skipDeleted());
        }
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ExactMetrics metrics = new ExactMetrics(registry, config.stuckAfter());
        KafkaStreams streams =
                new KafkaStreams(ExactTopology.of(topics, config.gaps(), metrics), new StreamsConfig(settings));
        ExactStage stage = new ExactStage(streams, registry);
        try {
            stage.run(config);
        } catch (RuntimeException e) {
            stage.close();
            throw e;
        }
        return stage;
    }

    /** Settings of Kafka Streams: ours, then what was asked for, then those that the promise rests on. */
    static Map<String, Object> settings(ExactStageConfig config) {
        Map<String, Object> settings = new HashMap<>();
        // A dead instance is noticed after 6 s, the least that brokers allow by default, and its open transaction is
        // aborted after 4 s, when its broker next looks, every 10 s by default: readers go on within 15 s.
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1_500);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 4_000);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 1);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 32L * 1024 * 1024);
        settings.put(StreamsConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        settings.putAll(config.kafka());
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, config.application());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDirectory().toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        return settings;
    }

    private void run(ExactStageConfig config) {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        Gauge.builder("fleetline.exact.lag", this, ExactStage::lag)
                .description("Records of the events topics that this instance has still to read in its partitions")
                .register(registry);
        Gauge.builder("fleetline.exact.ready", this, stage -> stage.isReady() ? 1 : 0)
                .description("1 while this instance is at work on its partitions")
                .register(registry);
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener((now, before) -> {
            LOG.info("{}, was {}", now, before);
            wasRunning |= now == KafkaStreams.State.RUNNING;
            if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
                ended.complete(null);
            }
        });
        if (config.metricsPort().isPresent()) {
            try {
                endpoint = MetricsEndpoint.start(
                        config.metricsHost(), config.metricsPort().getAsInt(), registry, this::isReady, this::isAlive);
            } catch (IOException e) {
                throw new IllegalStateException(
                        "metrics cannot be served on " + config.metricsHost() + ":"
                                + config.metricsPort().getAsInt() + ": " + e.getMessage(),
                        e);
            }
        }
        streams.start();
    }

    /** What Kafka Streams does not mend by itself ends the stage: whoever runs it starts it again, and it goes on. */
    private StreamThreadExceptionResponse failed(Throwable failure) {
        LOG.error("the stage stops", failure);
        ended.completeExceptionally(reason(failure));
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** What failed, in our words where Kafka's say less than we know. */
    static Throwable reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OffsetOutOfRangeException gone) {
                return new IllegalStateException("what comes next, " + gone.offsetOutOfRangePartitions()
                        + ", is not in the topic any more: it was deleted unread. Started again, the stage says how"
                        + " much is missing");
            }
        }
        return failure;
    }

    /** Whether it is at work on its partitions, all state restored. */
    public boolean isReady() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Whether it is at work or will be. */
    public boolean isAlive() {
        return streams.state().isRunningOrRebalancing() || streams.state() == KafkaStreams.State.CREATED;
    }

    /** Completes when it has stopped; with what went wrong, if something did, such as that {@link #close} took too long. */
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    /** Where metrics are served, if they are. */
    public OptionalInt metricsPort() {
        MetricsEndpoint serving = endpoint;
        return serving == null ? OptionalInt.empty() : OptionalInt.of(serving.port());
    }

    /** All metrics, in Prometheus' text format. */
    public String metrics() {
        return registry.scrape();
    }

    /** From what each consumer last heard of the end of its partitions. */
    private double lag() {
        double lag = 0;
        for (Metric metric : streams.metrics().values()) {
            if (metric.metricName().name().equals("records-lag")
                    && metric.metricName().tags().getOrDefault("client-id", "").endsWith("-consumer")
                    && !metric.metricName().tags().getOrDefault("client-id", "").endsWith("-restore-consumer")
                    && metric.metricValue() instanceof Double records
                    && !records.isNaN()) {
                lag += records;
            }
        }
        return lag;
    }

    /** Ends the running transactions and leaves the group, so that others take the partitions over at once; at most 20 s. */
    @Override
    public void close() {
        boolean done = streams.close(CloseOptions.timeout(CLOSE_WAIT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        if (!done) {
            String late = "did not end within " + CLOSE_WAIT.toSeconds() + " s; what was under way will be done again";
            LOG.warn(late);
            ended.completeExceptionally(new IllegalStateException(late));
        }
        Optional.ofNullable(endpoint).ifPresent(MetricsEndpoint::close);
        registry.close();
        ended.complete(null);
    }
}
