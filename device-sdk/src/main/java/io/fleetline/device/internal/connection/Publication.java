package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Dropped;
import io.fleetline.device.internal.outbox.Stored;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame.StoredAt;
import java.util.Optional;

/** Whoever waits for an item to be stored. Told once, on the application's executor. */
public interface Publication {
    /** The item is stored; where, if the node said so for this very item. */
    void stored(Stored<?> stored, Optional<StoredAt> at);

    /**
     * The item became a gap.
     *
     * @param code why the node rejected it, if it did
     * @param message more about that, for people; may be empty
     */
    void dropped(Dropped<?> dropped, Optional<RejectCode> code, String message);

    /** The client was closed before it was known. */
    void abandoned();
}
