package io.fleetline.device;

import io.fleetline.device.internal.command.Handling;
import io.fleetline.device.internal.connection.ConnectionSettings;
import io.fleetline.device.internal.connection.Ending;
import io.fleetline.device.internal.connection.SendingRules;
import io.fleetline.device.internal.connection.Status;
import io.fleetline.device.internal.outbox.OutboxSettings;
import io.fleetline.device.internal.outbox.Overflow;
import io.fleetline.device.internal.outbox.StorageState;
import io.fleetline.device.internal.transport.TransportSettings;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Says in the API's words what the internals say in theirs, and the other way round. */
final class Translations {
    /** What outcomes of commands may take beside the events: room for 64 of the largest. */
    private static final long OUTCOME_BYTES = 64 * 32 * 1024;

    /** How much of an outbox on disk is held in memory too. */
    private static final long MEMORY_BYTES = 4L * 1024 * 1024;

    private Translations() {}

    static ConnectionStatus status(Status status, long nowNanos) {
        boolean waiting = state(status) == ConnectionState.WAITING || state(status) == ConnectionState.HELD_OFF;
        return new ConnectionStatus(
                state(status),
                status.lastEnding()
                        .map(ending -> DisconnectReason.valueOf(ending.cause().name())),
                status.lastEnding().map(Ending::detail).orElse(""),
                status.endpoint(),
                status.failures(),
                waiting
                        ? Optional.of(Duration.ofNanos(Math.max(0, status.nextAttemptNanos() - nowNanos)))
                        : Optional.empty());
    }

    static ConnectionState state(Status status) {
        return switch (status.phase()) {
            case CLOSED -> ConnectionState.CLOSED;
            case CREATED -> status.closing() ? ConnectionState.CLOSING : ConnectionState.CREATED;
            case WAITING ->
                status.closing()
                        ? ConnectionState.CLOSING
                        : status.slow() ? ConnectionState.HELD_OFF : ConnectionState.WAITING;
            case PREPARING, DIALLING, GREETING ->
                status.closing() ? ConnectionState.CLOSING : ConnectionState.CONNECTING;
            case CONNECTED, LEAVING -> status.closing() ? ConnectionState.CLOSING : ConnectionState.CONNECTED;
            case ENDING -> status.closing() ? ConnectionState.CLOSING : ConnectionState.WAITING;
        };
    }

    static OutboxMode mode(io.fleetline.device.internal.outbox.OutboxMode mode) {
        return OutboxMode.valueOf(mode.name());
    }

    static DiskState disk(StorageState state) {
        return switch (state) {
            case MEMORY -> DiskState.NOT_USED;
            case BUFFERED, DURABLE -> DiskState.WORKING;
            case WRITING_FAILED -> DiskState.WRITING_FAILED;
            case DISK_UNUSABLE -> DiskState.UNUSABLE;
        };
    }

    static ConnectionSettings connection(DeviceConfig config, boolean renewable) {
        Map<String, Object> client = new LinkedHashMap<>();
        client.put("sdk", "fleetline-java/" + Build.VERSION);
        client.put("java", Runtime.version().feature());
        if (!config.software().isEmpty()) {
            client.put("software", config.software());
        }
        return new ConnectionSettings(
                config.identity(),
                config.endpoints(),
                BodyCodec.encode(client),
                new SendingRules(
                        config.sending().linger().toNanos(),
                        config.sending().maxFrameEvents(),
                        config.sending().maxFrameBytes()),
                config.connectTimeout().toNanos(),
                renewable);
    }

    static TransportSettings transport(DeviceConfig config) {
        return new TransportSettings(
                config.tls().trustedCertificates(),
                Proofs.clientKey(config.credential()),
                config.proxy()
                        .map(proxy -> new TransportSettings.Proxy(
                                proxy.host(),
                                proxy.port(),
                                proxy.login()
                                        .map(login ->
                                                new TransportSettings.Proxy.Login(login.user(), login.password())))));
    }

    static OutboxSettings settings(OutboxConfig config) {
        return new OutboxSettings(
                io.fleetline.device.internal.outbox.OutboxMode.valueOf(
                        config.mode().name()),
                config.directory(),
                config.maxBytes(),
                config.mode() == OutboxMode.MEMORY ? config.maxBytes() : Math.min(config.maxBytes(), MEMORY_BYTES),
                OUTCOME_BYTES,
                overflow(config.overflow()));
    }

    static Handling handling(CommandHandler handler, CommandOption... options) {
        return new Handling(
                isIdempotent(options),
                (command, remaining) ->
                        CompletableFuture.completedStage(result(handler.handle(command(command, remaining)))));
    }

    static Handling handlingAsync(AsyncCommandHandler handler, CommandOption... options) {
        return new Handling(
                isIdempotent(options),
                (command, remaining) ->
                        handler.handle(command(command, remaining)).thenApply(Translations::result));
    }

    private static boolean isIdempotent(CommandOption... options) {
        return Arrays.asList(options).contains(CommandOption.IDEMPOTENT);
    }

    private static Command command(ServerFrame.Command command, Optional<Duration> remaining) {
        Body body = new Body(command.body(), command.attributes().contentType());
        return new Command(command.id(), command.name(), body, remaining);
    }

    private static Handling.Result result(CommandResult result) {
        return new Handling.Result(result.succeeded(), result.body().payload());
    }

    private static Overflow overflow(OverflowPolicy policy) {
        if (policy instanceof OverflowPolicy.Block) {
            return Overflow.BLOCK;
        }
        if (policy instanceof OverflowPolicy.DropOldest) {
            return Overflow.DROP_OLDEST;
        }
        return policy instanceof OverflowPolicy.KeepNewest ? Overflow.KEEP_NEWEST : Overflow.REFUSE;
    }

    /** How long {@code publish} may wait for room. */
    static long waitNanos(OverflowPolicy policy) {
        return policy instanceof OverflowPolicy.Block block ? block.timeout().toNanos() : 0;
    }
}
