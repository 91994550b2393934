package io.fleetline.backend;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a reader keeps how far it came in each partition, together with what its filter knew there. The two belong
 * together: the filter holds records that were read and are not delivered yet.
 *
 * <p>A store that writes into the transaction in which the application stores its results makes the effect of each event
 * exactly once (see {@link EventReader}). All methods are called by the thread that uses the reader.
 */
public interface StateStore extends AutoCloseable {
    /**
     * How far a reader came in this partition; empty if nothing was ever saved.
     *
     * @throws io.fleetline.backend.filter.FilterStateException if what was saved cannot be read
     */
    Optional<PartitionState> load(TopicPartition partition);

    /**
     * Saves progress: each partition's all or not at all, and forced to disk or committed when this returns. If it
     * throws, the reader has to be {@linkplain EventReader#rewind() rewound} or closed.
     *
     * @param progress at most one for each partition
     * @throws StaleProgressException if something else saved progress of one of these partitions meanwhile
     */
    void save(List<PartitionProgress> progress);

    @Override
    void close();

    /** A store that lives as long as this object: another reader that is given it goes on where the last one was. */
    static StateStore inMemory() {
        return new InMemoryStateStore();
    }
}
