package io.fleetline.device.internal.connection;

import java.util.concurrent.CompletionStage;

/** Where a device's proof of who it is comes from. Called by the loop's thread. */
public interface Credentials {
    /** Whether it makes sense to ask for another proof where a node has refused one. */
    boolean isRenewable();

    /**
     * A proof to show now.
     *
     * @param another whether one that was given before will not do
     * @param unixMillis the best idea of Unix time there is
     * @return completes on any thread; exceptionally if there is none to be had now, with a message for people
     */
    CompletionStage<Proof> obtain(boolean another, long unixMillis);
}
