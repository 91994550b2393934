package io.fleetline.ingest.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.ingest.registry.ChangeRefusedException;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.registry.StoredDevice;
import io.fleetline.ingest.registry.StoredTenant;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the registry's topics. Whoever writes to a partition fences all others off it ({@link PartitionWriter}), so that
 * there is one writer for each partition at a time, whichever node a change is asked of.
 *
 * <p>One thread takes the changes that wait, and writes those of one partition in one transaction, with a record in the
 * audit topic for each. A change is answered when this node's own registry shows it.
 */
final class KafkaRegistryStore implements RegistryStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRegistryStore.class);
    private static final int MOST_WAITING = 10_000;
    private static final int MOST_AT_ONCE = 500;
    /** Each is a producer with a thread; the one that was not used for longest makes way. */
    private static final int MOST_WRITERS = 8;
    /** Another node may come between, and then this one goes first; that both do so for long is unlikely. */
    private static final int ATTEMPTS = 5;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaConfig config;
    private final DeviceRegistry registry;
    private final TopicFollower follower;
    private final NodeTime time;
    private final String node;
    private final BlockingQueue<Pending<?>> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Thread thread = new Thread(this::run, "fleetline-registry");
    private final Map<TopicPartition, PartitionWriter> writers = new LinkedHashMap<>(16, 0.75f, true);
    private volatile boolean closed;

    KafkaRegistryStore(
            KafkaConfig config, DeviceRegistry registry, TopicFollower follower, NodeTime time, String node) {
        this.config = config;
        this.registry = registry;
        this.follower = follower;
        this.time = time;
        this.node = node;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * A change that waits for its turn.
     *
     * @param current what this node's registry says
     * @param encoded the form in the topic
     */
    private record Pending<T>(
            TopicPartition partition,
            String key,
            Cause cause,
            Change<T> change,
            Supplier<Optional<T>> current,
            Function<T, byte[]> encoded,
            CompletableFuture<Optional<T>> answer) {
        /** What earlier changes of the same transaction left is in {@code changed}, by key. */
        @SuppressWarnings("unchecked")
        Decided<T> decide(Map<String, Optional<?>> changed) throws ChangeRefusedException {
            Optional<T> known = changed.containsKey(key) ? (Optional<T>) changed.get(key) : current.get();
            Optional<T> next = change.apply(known);
            changed.put(key, next);
            return new Decided<>(this, next);
        }
    }

    /** A change that knows its outcome. */
    private record Decided<T>(Pending<T> pending, Optional<T> next) {
        byte @Nullable [] value() {
            return next.map(pending.encoded()).orElse(null);
        }

        void answer() {
            pending.answer().complete(next);
        }
    }

    @Override
    public CompletableFuture<Optional<RegisteredDevice>> changeDevice(
            DeviceId device, Cause cause, Change<RegisteredDevice> change) {
        return enqueue(new Pending<>(
                partition(config.topics().devices(), device.toString()),
                device.toString(),
                cause,
                change,
                () -> registry.find(device),
                StoredDevice::encode,
                new CompletableFuture<>()));
    }

    @Override
    public CompletableFuture<Optional<Tenant>> changeTenant(String tenant, Cause cause, Change<Tenant> change) {
        return enqueue(new Pending<>(
                partition(config.topics().tenants(), tenant),
                tenant,
                cause,
                change,
                () -> registry.findTenant(tenant),
                StoredTenant::encode,
                new CompletableFuture<>()));
    }

    private <T> CompletableFuture<Optional<T>> enqueue(Pending<T> pending) {
        if (closed || !waiting.offer(pending)) {
            pending.answer()
                    .completeExceptionally(new IllegalStateException(
                            closed ? "the node is stopping" : MOST_WAITING + " changes of the registry wait already"));
        }
        return pending.answer();
    }

    /** Where Kafka's own partitioner would put it, and whoever else writes to the topic. */
    private TopicPartition partition(String topic, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return new TopicPartition(topic, Utils.toPositive(Utils.murmur2(bytes)) % config.partitions());
    }

    private void run() {
        List<Pending<?>> batch = new ArrayList<>();
        try {
            while (!closed) {
                Pending<?> first = waiting.poll(1, TimeUnit.SECONDS);
                if (first != null) {
                    batch.add(first);
                    waiting.drainTo(batch, MOST_AT_ONCE);
                    Map<TopicPartition, List<Pending<?>>> byPartition = new LinkedHashMap<>();
                    batch.forEach(each -> byPartition
                            .computeIfAbsent(each.partition(), p -> new ArrayList<>())
                            .add(each));
                    byPartition.forEach(this::write);
                    batch.clear();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the registry's writer was interrupted");
        } finally {
            waiting.drainTo(batch);
            batch.forEach(
                    each -> each.answer().completeExceptionally(new IllegalStateException("the node is stopping")));
            writers.values().forEach(PartitionWriter::close);
        }
    }

    private void write(TopicPartition partition, List<Pending<?>> changes) {
        for (int attempt = 1; ; attempt++) {
            try {
                writeOnce(partition, changes);
                return;
            } catch (KafkaException | IllegalStateException e) {
                PartitionWriter broken = writers.remove(partition);
                if (broken != null) {
                    broken.close();
                }
                if (attempt == ATTEMPTS || closed) {
                    LOG.warn("{} changes of {} could not be stored: {}", changes.size(), partition, e.toString());
                    changes.forEach(each -> each.answer()
                            .completeExceptionally(
                                    new IllegalStateException("the registry cannot be changed now: " + e, e)));
                    return;
                }
                LOG.info("{} has another writer or is away, try {}: {}", partition, attempt, e.toString());
            }
        }
    }

    private void writeOnce(TopicPartition partition, List<Pending<?>> changes) {
        PartitionWriter writer = writer(partition);
        Map<String, Optional<?>> changed = new HashMap<>();
        List<Decided<?>> decided = new ArrayList<>();
        for (Pending<?> each : changes) {
            if (each.answer().isDone()) {
                continue; // refused at an earlier try
            }
            try {
                decided.add(each.decide(changed));
            } catch (ChangeRefusedException | RuntimeException refused) {
                each.answer().completeExceptionally(refused);
            }
        }
        if (decided.isEmpty()) {
            return;
        }
        writer.begin();
        for (Decided<?> each : decided) {
            writer.send(each.pending().key(), each.value());
            writer.sendTo(config.topics().audit(), each.pending().key(), audit(each.pending()));
        }
        writer.commit();
        decided.forEach(Decided::answer);
    }

    private PartitionWriter writer(TopicPartition partition) {
        PartitionWriter known = writers.get(partition);
        if (known != null) {
            return known;
        }
        if (writers.size() >= MOST_WRITERS) {
            var oldest = writers.entrySet().iterator();
            oldest.next().getValue().close();
            oldest.remove();
        }
        PartitionWriter made = PartitionWriter.fenceOthers(config, partition, follower);
        writers.put(partition, made);
        return made;
    }

    private byte[] audit(Pending<?> pending) {
        ObjectNode record = JSON.createObjectNode()
                .put("time", time.unixMillis())
                .put("actor", pending.cause().actor())
                .put("action", pending.cause().action())
                .put("subject", pending.key())
                .put("node", node);
        try {
            return JSON.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always has a JSON form", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
