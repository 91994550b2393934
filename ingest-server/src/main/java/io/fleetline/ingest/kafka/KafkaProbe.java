package io.fleetline.ingest.kafka;

import io.fleetline.ingest.time.NodeTime;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/**
 * Asks Kafka now and then whether it is there, so that a node knows it even while no device has anything to say. Thread-safe.
 */
final class KafkaProbe implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    /** A leader's election, or a broker's start, is no reason to send devices away. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Admin admin;
    private final NodeTime time;
    private volatile long answeredNanos;

    KafkaProbe(Admin admin, NodeTime time) {
        this.admin = admin;
        this.time = time;
        this.answeredNanos = time.nanos();
    }

    /** Asks, and does not wait for the answer. */
    void ask() {
        DescribeClusterOptions options = new DescribeClusterOptions().timeoutMs((int) ANSWER_TIMEOUT.toMillis());
        var unused = admin.describeCluster(options).nodes().whenComplete((nodes, failure) -> {
            if (failure == null) {
                answeredNanos = time.nanos();
            }
        });
    }

    /** Since when Kafka has been silent, if it has been for too long. */
    Optional<String> trouble() {
        Duration silent = Duration.ofNanos(time.nanos() - answeredNanos);
        return silent.compareTo(PATIENCE) < 0
                ? Optional.empty()
                : Optional.of("Kafka has not answered for " + silent.toSeconds() + " s");
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
