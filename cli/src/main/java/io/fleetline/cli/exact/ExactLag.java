package io.fleetline.cli.exact;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.simulator.proof.RawLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far an exact stage is behind its events topic. */
public final class ExactLag {
    /** What the instances of an exact stage have in common unless told otherwise. */
    public static final String USUAL_APPLICATION = "fleetline-exact";

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private ExactLag() {}

    /**
     * Waits until a stage has read all that is in its events topic now.
     *
     * @param kafka where Kafka is and how to speak to it: settings of Kafka's clients
     * @throws CliFailure if it does not come to that in this time, or how far it is cannot be told
     */
    public static void await(
            Map<String, String> kafka, String application, String topic, LongSupplier nanoTime, Duration patience)
            throws InterruptedException {
        long left = left(kafka, application, topic, nanoTime, patience);
        if (left > 0) {
            throw new CliFailure("the exact topic was not compared with the journal: after " + patience.toSeconds()
                    + " s the exact stage " + application + " still had " + left + " records of " + topic
                    + " to read");
        }
    }

    /** How many records of those that are there now a stage has still to read when it has read all, or the time is over. */
    public static long left(
            Map<String, String> kafka, String application, String topic, LongSupplier nanoTime, Duration patience)
            throws InterruptedException {
        long beganNanos = nanoTime.getAsLong();
        try (RawLog raw = new RawLog(kafka, topic, nanoTime);
                Admin admin = Admin.create(new HashMap<>(kafka))) {
            Map<Integer, Long> ends = raw.ends();
            long left = left(admin, application, topic, ends, patience);
            while (left > 0 && nanoTime.getAsLong() - beganNanos < patience.toNanos()) {
                LockSupport.parkNanos(LOOK_NANOS);
                left = left(admin, application, topic, ends, patience);
            }
            return left;
        } catch (ExecutionException | TimeoutException e) {
            throw new CliFailure("how far the exact stage is cannot be told: " + e.getMessage(), e);
        }
    }

    private static long left(Admin admin, String application, String topic, Map<Integer, Long> ends, Duration patience)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(application)
                .partitionsToOffsetAndMetadata()
                .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        long left = 0;
        for (Map.Entry<Integer, Long> end : ends.entrySet()) {
            OffsetAndMetadata position = committed.get(new TopicPartition(topic, end.getKey()));
            left += Math.max(0, end.getValue() - (position == null ? 0 : position.offset()));
        }
        return left;
    }
}
