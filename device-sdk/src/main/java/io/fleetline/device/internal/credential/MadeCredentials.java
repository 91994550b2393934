package io.fleetline.device.internal.credential;

import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.Proof;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;

/** Credentials that the device has or makes itself: read from a file or signed each time that one is asked for. */
public final class MadeCredentials implements Credentials {
    private final Executor executor;
    private final boolean renewable;
    private final LongFunction<Proof> maker;

    /**
     * Credentials made off the loop's thread.
     *
     * @param renewable whether the next one can be another
     * @param maker given Unix time in ms; may block, and may throw with a message for people
     */
    public MadeCredentials(Executor executor, boolean renewable, LongFunction<Proof> maker) {
        this.executor = executor;
        this.renewable = renewable;
        this.maker = maker;
    }

    @Override
    public boolean isRenewable() {
        return renewable;
    }

    @Override
    public CompletionStage<Proof> obtain(boolean another, long unixMillis) {
        return CompletableFuture.supplyAsync(() -> maker.apply(unixMillis), executor);
    }
}
