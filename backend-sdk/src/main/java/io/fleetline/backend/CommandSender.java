package io.fleetline.backend;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends commands to devices through Kafka, and hears how they ended.
 *
 * <pre>{@code
 * try (CommandSender sender = CommandSender.builder().bootstrapServers("localhost:9092").build()) {
 *     sender.send(CommandRequest.of(DeviceId.parse("acme/pump-7"), "set-interval", Map.of("seconds", 5))
 *                     .withExpiry(Duration.ofMinutes(10)))
 *             .outcome()
 *             .thenAccept(outcome -> System.out.println(outcome.state()));
 * }
 * }</pre>
 *
 * <p>A command is a record in {@code fleetline.commands}, stored with {@code acks=all} by an idempotent producer. Every
 * node reads them; the one to which the device is connected brings it there, now or when the device comes, until the
 * command expires. It is delivered at least once and run at most once. What became of it stands in {@code
 * fleetline.command-updates}, which a thread of this sender follows from the moment of {@link CommandSenderBuilder#build};
 * the first terminal state there is the outcome.
 *
 * <p>A sender reads the updates of all commands, those of others too. Applications keep one for their lifetime. Safe for
 * use by many threads.
 */
public final class CommandSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommandSender.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> updates;
    private final String topic;
    private final Executor executor;
    private final InstantSource clock;
    private final AwaitedOutcomes awaited = new AwaitedOutcomes();
    private final Thread follower;
    private volatile @Nullable RuntimeException ended;

    CommandSender(
            Producer<byte[], byte[]> producer,
            Consumer<byte[], byte[]> updates,
            String topic,
            Executor executor,
            InstantSource clock) {
        this.producer = producer;
        this.updates = updates;
        this.topic = topic;
        this.executor = executor;
        this.clock = clock;
        this.follower = new Thread(this::follow, "fleetline-command-updates");
        follower.setDaemon(true);
        follower.start();
    }

    /** A sender to be set up. */
    public static CommandSenderBuilder builder() {
        return new CommandSenderBuilder();
    }

    /**
     * Sends a command. Returns as soon as Kafka's producer has taken it, which may wait for {@code max.block.ms}, 10 s
     * unless set otherwise, where Kafka cannot be reached.
     *
     * @throws IllegalArgumentException if the command's id is one of which this sender awaits the outcome already
     * @throws IllegalStateException if the sender is closed, or lost Kafka for good
     */
    public SentCommand send(CommandRequest request) {
        String id = request.id().orElseGet(() -> UUID.randomUUID().toString());
        DeviceId device = request.device();
        CompletableFuture<CommandOutcome> outcome = awaited.await(device, id);
        checkUsable(device, id);
        CompletableFuture<Void> stored = new CompletableFuture<>();
        try {
            Future<RecordMetadata> unused = producer.send(record(request, id), (metadata, exception) -> {
                if (exception == null) {
                    stored.completeAsync(() -> null, executor);
                } else {
                    outcome.completeExceptionally(exception);
                    executor.execute(() -> stored.completeExceptionally(exception));
                }
            });
        } catch (RuntimeException e) {
            awaited.forget(device, id);
            throw e;
        }
        long patienceMillis = request.patience().toMillis();
        CompletableFuture<CommandOutcome> told = outcome.orTimeout(patienceMillis, TimeUnit.MILLISECONDS)
                .handleAsync((end, failure) -> told(device, id, request.patience(), end, failure), executor);
        return new SentCommand(device, id, stored.minimalCompletionStage(), told.minimalCompletionStage());
    }

    /** Checked after the outcome is awaited: whoever ends this sender meanwhile fails all that is awaited. */
    private void checkUsable(DeviceId device, String id) {
        RuntimeException end = ended;
        if (end != null) {
            awaited.forget(device, id);
            throw new IllegalStateException(
                    "command " + id + " to " + device + " is not sent: " + end.getMessage(), end);
        }
    }

    private CommandOutcome told(
            DeviceId device,
            String id,
            Duration patience,
            @Nullable CommandOutcome outcome,
            @Nullable Throwable failure) {
        awaited.forget(device, id);
        if (outcome != null) {
            return outcome;
        }
        if (failure instanceof TimeoutException) {
            throw new CommandTimeoutException(
                    "no outcome of command " + id + " to " + device + " came within " + patience);
        }
        throw failure instanceof RuntimeException known ? known : new CompletionException(failure);
    }

    private ProducerRecord<byte[], byte[]> record(CommandRequest request, String id) {
        long expiresAt = clock.millis() + request.expiry().toMillis();
        return new ProducerRecord<>(
                topic,
                null,
                request.device().toString().getBytes(StandardCharsets.UTF_8),
                request.body().toByteArray(),
                List.of(
                        text(RecordHeaders.COMMAND_ID, id),
                        text(RecordHeaders.NAME, request.name()),
                        text(RecordHeaders.EXPIRES_AT, Long.toString(expiresAt))));
    }

    private static Header text(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The follower's thread. */
    private void follow() {
        try (updates) {
            while (ended == null) {
                updates.poll(POLL).forEach(awaited::accept);
            }
        } catch (WakeupException e) {
            LOG.debug("command updates are no longer followed");
        } catch (KafkaException e) {
            LOG.error("command updates can no longer be followed", e);
            end(new IllegalStateException("Kafka cannot be followed any more: " + e.getMessage(), e));
        }
    }

    private void end(RuntimeException reason) {
        if (ended == null) {
            ended = reason;
        }
        awaited.failAll(reason);
    }

    /** Stops waiting, which fails what is awaited, and lets go of Kafka once what was sent is stored, or after 10 s. */
    @Override
    public void close() {
        producer.close(CLOSE_WAIT);
        end(new IllegalStateException("the sender was closed"));
        updates.wakeup();
        try {
            follower.join(CLOSE_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
