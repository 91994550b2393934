package io.fleetline.device.internal.credential;

import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.Proof;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Credentials that somebody else issues: each is used until it is about to end, and one at a time is asked for. */
public final class IssuedCredentials implements Credentials {
    /** How much longer a credential must last to be shown once more: a handshake's time, and clocks that disagree. */
    private static final long MARGIN_MILLIS = Duration.ofSeconds(30).toMillis();

    private final Executor executor;
    private final Callable<Proof> issuer;
    private Optional<Proof> held = Optional.empty();
    private Optional<CompletableFuture<Proof>> underWay = Optional.empty();

    /**
     * Credentials from an issuer.
     *
     * @param executor where the issuer is asked
     * @param issuer may block; what it throws is told as the reason why there is no credential
     */
    public IssuedCredentials(Executor executor, Callable<Proof> issuer) {
        this.executor = executor;
        this.issuer = issuer;
    }

    @Override
    public boolean isRenewable() {
        return true;
    }

    @Override
    public synchronized CompletionStage<Proof> obtain(boolean another, long unixMillis) {
        Optional<Proof> good = held.filter(proof -> !another && lasts(proof, unixMillis));
        if (good.isPresent()) {
            return CompletableFuture.completedFuture(good.get());
        }
        if (underWay.isPresent()) {
            return underWay.get();
        }
        CompletableFuture<Proof> asked = new CompletableFuture<>();
        underWay = Optional.of(asked);
        executor.execute(() -> ask(asked));
        return asked;
    }

    private void ask(CompletableFuture<Proof> asked) {
        try {
            Proof issued = issuer.call();
            answered(Optional.of(issued));
            asked.complete(issued);
        } catch (Exception | Error e) {
            answered(Optional.empty());
            asked.completeExceptionally(e);
        }
    }

    private synchronized void answered(Optional<Proof> issued) {
        underWay = Optional.empty();
        held = issued.or(() -> held);
    }

    private static boolean lasts(Proof proof, long unixMillis) {
        return proof.endsAtMillis().isEmpty() || proof.endsAtMillis().getAsLong() > unixMillis + MARGIN_MILLIS;
    }
}
