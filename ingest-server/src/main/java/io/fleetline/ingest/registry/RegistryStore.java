package io.fleetline.ingest.registry;

import io.fleetline.protocol.DeviceId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Changes the registry. Changes of one device or tenant come one after the other, whichever nodes they are asked of, and
 * each sees what the one before it left. Thread-safe.
 */
public interface RegistryStore {
    /**
     * Decides what shall be known from what is known.
     *
     * @param <T> a device or a tenant
     */
    interface Change<T> {
        /**
         * Called on the store's own thread, more than once if another node came between.
         *
         * @param current what is known; empty if nothing is
         * @return what shall be known; empty to remove it
         * @throws ChangeRefusedException if it cannot be changed so
         */
        Optional<T> apply(Optional<T> current) throws ChangeRefusedException;
    }

    /**
     * Who changes something, and what that is, for the audit topic.
     *
     * @param actor who
     * @param action what, as a word such as {@code device.disable}
     */
    record Cause(String actor, String action) {}

    /**
     * Changes a device.
     *
     * @return what is known of it now, on this node too; fails with {@link ChangeRefusedException} if the change did, with
     *     {@link IllegalStateException} if it could not be stored, and then it may be or not be stored
     */
    CompletableFuture<Optional<RegisteredDevice>> changeDevice(
            DeviceId device, Cause cause, Change<RegisteredDevice> change);

    /** Changes a tenant, as {@link #changeDevice} does a device. */
    CompletableFuture<Optional<Tenant>> changeTenant(String tenant, Cause cause, Change<Tenant> change);
}
