package io.fleetline.backend;

import io.fleetline.backend.filter.DeviceState;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.protocol.DeviceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Keeps progress as long as the process runs. */
final class InMemoryStateStore implements StateStore {
    private static final class Saved {
        long nextOffset = PartitionProgress.NOTHING_SAVED;
        FilterStart start = FilterStart.whole();
        final Map<DeviceId, DeviceState> devices = new HashMap<>();
    }

    private final Map<TopicPartition, Saved> partitions = new HashMap<>();

    @Override
    public Optional<PartitionState> load(TopicPartition partition) {
        return Optional.ofNullable(partitions.get(partition))
                .map(saved -> new PartitionState(saved.nextOffset, saved.start, List.copyOf(saved.devices.values())));
    }

    @Override
    public void save(List<PartitionProgress> progress) {
        for (PartitionProgress each : progress) {
            Saved saved = partitions.get(each.partition());
            each.checkBuildsOn(saved == null ? PartitionProgress.NOTHING_SAVED : saved.nextOffset);
        }
        for (PartitionProgress each : progress) {
            Saved saved = partitions.computeIfAbsent(each.partition(), partition -> new Saved());
            saved.nextOffset = each.nextOffset();
            saved.start = each.start();
            each.changed().forEach(state -> saved.devices.put(state.device(), state));
        }
    }

    @Override
    public void close() {
        // What was saved stays for the next reader.
    }
}
