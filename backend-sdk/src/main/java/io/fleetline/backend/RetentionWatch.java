package io.fleetline.backend;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then whether the reader comes near the records that the topic deletes next. Not thread-safe. */
final class RetentionWatch {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    /** Kafka deletes by segment, so a part of what is kept goes at once: the last fifth is too near. */
    private static final int NEAR_PART = 5;

    private final InstantSource clock;
    private final Consumer<RetentionWarning> onNear;
    private final Set<TopicPartition> warned = new HashSet<>();
    private Instant next = Instant.MIN;

    RetentionWatch(InstantSource clock, Consumer<RetentionWarning> onNear) {
        this.clock = clock;
        this.onNear = onNear;
    }

    /** Looks, if it is time to; a partition that comes near is told of once, and again after it was far in between. */
    void look(org.apache.kafka.clients.consumer.Consumer<?, ?> consumer, Map<TopicPartition, Long> positions) {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        // A reader that has read all is far from what is deleted, and need not ask Kafka.
        Map<TopicPartition, Long> behind = new HashMap<>(positions);
        behind.keySet().removeIf(partition -> consumer.currentLag(partition).orElse(0) == 0);
        warned.retainAll(behind.keySet());
        if (behind.isEmpty()) {
            return;
        }
        next = now.plus(INTERVAL);
        try {
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(behind.keySet());
            Map<TopicPartition, Long> ends = consumer.endOffsets(behind.keySet());
            behind.forEach((partition, position) ->
                    judge(partition, position, begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L)));
        } catch (TimeoutException e) {
            LOG.debug("how far the reader is from what is deleted next cannot be told now: {}", e.toString());
        }
    }

    private void judge(TopicPartition partition, long position, long begin, long end) {
        if (!isNear(position, begin, end)) {
            warned.remove(partition);
        } else if (warned.add(partition)) {
            onNear.accept(new RetentionWarning(partition, position, begin, end));
        }
    }

    /** Nothing was deleted yet from a partition that begins with 0, and nothing is near to it. */
    static boolean isNear(long position, long begin, long end) {
        return begin > 0 && position < end && (position - begin) * NEAR_PART < end - begin;
    }
}
