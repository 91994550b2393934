package io.fleetline.device.fake;

import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.Proof;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Numbered credentials that last as long as a test wants. */
public final class IssuedByTest implements Credentials {
    private final World world;

    /** How long each lasts, in ms; 0 for as long as it is taken. */
    public long lifetimeMillis;

    /** Why there are none, if there are none. */
    public Optional<String> trouble = Optional.empty();

    /** Whether nobody answers. */
    public boolean silent;

    public int issued;
    public int refused;

    public IssuedByTest(World world) {
        this.world = world;
    }

    @Override
    public boolean isRenewable() {
        return true;
    }

    @Override
    public CompletionStage<Proof> obtain(boolean another, long unixMillis) {
        if (silent) {
            return new CompletableFuture<>();
        }
        if (trouble.isPresent()) {
            refused++;
            return CompletableFuture.failedFuture(new IllegalStateException(trouble.get()));
        }
        issued += another || issued == 0 ? 1 : 0;
        String header = "Bearer " + issued;
        return CompletableFuture.completedFuture(
                lifetimeMillis == 0 ? Proof.of(header) : Proof.until(header, world.unixMillis() + lifetimeMillis));
    }
}
