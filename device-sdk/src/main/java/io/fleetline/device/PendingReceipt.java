package io.fleetline.device;

import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.outbox.Dropped;
import io.fleetline.device.internal.outbox.Stored;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame.StoredAt;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A receipt to come. */
final class PendingReceipt extends CompletableFuture<Receipt> implements Publication {
    private final DeviceId device;

    PendingReceipt(DeviceId device) {
        this.device = device;
    }

    @Override
    public void stored(Stored<?> stored, Optional<StoredAt> at) {
        complete(new Receipt(
                stored.lane(), stored.store(), stored.run(), stored.seq(), Translations.mode(stored.kept()), at));
    }

    @Override
    public void dropped(Dropped<?> dropped, Optional<RejectCode> code, String message) {
        String why = switch (dropped.reason()) {
            case OVERFLOW -> "to make room in the outbox";
            case EXPIRED -> "because its time to live was over";
            case STORAGE_DAMAGED -> "because it could not be read back from disk";
            case REFUSED ->
                code.isPresent()
                        ? "because the node rejected it: " + code.get() + (message.isEmpty() ? "" : ", " + message)
                        : "because no node takes it";
        };
        completeExceptionally(new EventDroppedException(
                dropped.reason(),
                code,
                "number " + dropped.seq() + " of lane " + dropped.lane() + " of " + device + " was dropped " + why));
    }

    @Override
    public void abandoned() {
        completeExceptionally(ClientClosedException.endOfReceipt(
                device + " was closed before it was known whether the event is stored"));
    }
}
