package io.fleetline.backend;

import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands whose outcome somebody waits for. Safe for use by many threads. */
final class AwaitedOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(CommandSender.class);

    private record Command(DeviceId device, String id) {}

    private final Map<Command, CompletableFuture<CommandOutcome>> awaited = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException if this command's outcome is awaited already */
    CompletableFuture<CommandOutcome> await(DeviceId device, String id) {
        CompletableFuture<CommandOutcome> outcome = new CompletableFuture<>();
        if (awaited.putIfAbsent(new Command(device, id), outcome) != null) {
            throw new IllegalArgumentException("command " + id + " to " + device + " is under way already");
        }
        return outcome;
    }

    void forget(DeviceId device, String id) {
        awaited.remove(new Command(device, id));
    }

    /** Takes in a record of the updates topic: a node's, or a device's outcome. */
    void accept(ConsumerRecord<byte[], byte[]> record) {
        Optional<String> id = Event.text(record, RecordHeaders.COMMAND_ID);
        Optional<String> status = Event.text(record, RecordHeaders.STATUS);
        if (id.isEmpty() || status.isEmpty() || record.key() == null) {
            return; // a gap of the lane, or somebody else's
        }
        try {
            CommandState state = CommandState.valueOf(status.get());
            DeviceId device = DeviceId.parse(new String(record.key(), StandardCharsets.UTF_8));
            CompletableFuture<CommandOutcome> outcome =
                    state.isTerminal() ? awaited.remove(new Command(device, id.get())) : null;
            if (outcome != null) {
                outcome.complete(new CommandOutcome(
                        device, id.get(), state, body(record), Instant.ofEpochMilli(record.timestamp())));
            }
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "command update {}-{}@{} is passed over: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
        }
    }

    private static Payload body(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        return value == null || value.length == 0 ? Payload.NULL : Payload.wrap(value);
    }

    /** Nothing more will be heard. */
    void failAll(RuntimeException reason) {
        awaited.values().forEach(outcome -> outcome.completeExceptionally(reason));
        awaited.clear();
    }

    int size() {
        return awaited.size();
    }
}
