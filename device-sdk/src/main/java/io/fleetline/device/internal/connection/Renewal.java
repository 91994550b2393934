package io.fleetline.device.internal.connection;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Sees to it that a node is handed a new credential before the one that it was shown ends. As long as one connection lasts.
 *
 * <pre>
 *          due           granted          taken            answered
 *   IDLE ──────► FETCHING ──────► AT_HAND ──────► HANDED_OVER ──────► IDLE
 *     ▲             │ failed
 *     └─────────────┘
 * </pre>
 */
final class Renewal {
    /** The least time between two hand-overs, and between a failure to get a credential and the next try. */
    static final Duration LEAST_PAUSE = Duration.ofSeconds(2);

    /** After which part of a credential's time it is renewed: early enough to fail a few times, late enough to be rare. */
    private static final double EARLIEST = 0.7;

    private static final double SPREAD = 0.1;

    private static final long NEVER = Long.MAX_VALUE;

    private enum Stage {
        IDLE,
        FETCHING,
        AT_HAND,
        HANDED_OVER
    }

    private final RandomGenerator chance;
    private Stage stage = Stage.IDLE;
    private long endsAtNanos;
    private long dueAtNanos;
    private Optional<Proof> atHand = Optional.empty();
    private long nextEndsAtNanos = NEVER;

    /** @param endsAtNanos when the credential ends that the connection was made with; {@link Long#MAX_VALUE} for never */
    Renewal(long endsAtNanos, RandomGenerator chance, long nowNanos) {
        this.chance = chance;
        begin(endsAtNanos, nowNanos);
    }

    /** Whether to fetch a credential now. */
    boolean due(long nowNanos) {
        return nowNanos >= dueAtNanos();
    }

    /** When {@link #due} becomes true. */
    long dueAtNanos() {
        return stage == Stage.IDLE ? dueAtNanos : NEVER;
    }

    /** One is being fetched. */
    void fetching() {
        stage = Stage.FETCHING;
    }

    /** It is there. */
    void granted(Proof proof, long proofEndsAtNanos) {
        if (stage == Stage.FETCHING && proof.header().isPresent()) {
            stage = Stage.AT_HAND;
            atHand = Optional.of(proof);
            nextEndsAtNanos = proofEndsAtNanos;
        }
    }

    /** There is none to be had now; the connection goes on as long as the old one lasts. */
    void failed(long nowNanos) {
        if (stage == Stage.FETCHING) {
            stage = Stage.IDLE;
            dueAtNanos = nowNanos + Math.max(LEAST_PAUSE.toNanos(), (endsAtNanos - nowNanos) / 4);
        }
    }

    /** What to hand over now, if anything. */
    Optional<String> take() {
        if (stage != Stage.AT_HAND) {
            return Optional.empty();
        }
        stage = Stage.HANDED_OVER;
        Optional<String> header = atHand.flatMap(Proof::header);
        atHand = Optional.empty();
        return header;
    }

    /**
     * The node has taken it.
     *
     * @param nodeEndsAtNanos when it ends as the node says, {@link Long#MAX_VALUE} for never
     * @return what is wrong with that, if anything
     */
    Optional<String> answered(long nodeEndsAtNanos, long nowNanos) {
        if (stage != Stage.HANDED_OVER) {
            return Optional.of("reauthenticated, without having been asked");
        }
        stage = Stage.IDLE;
        begin(Math.min(nextEndsAtNanos, nodeEndsAtNanos), nowNanos);
        return Optional.empty();
    }

    private void begin(long ends, long nowNanos) {
        endsAtNanos = ends;
        if (ends == NEVER) {
            dueAtNanos = NEVER;
            return;
        }
        double part = EARLIEST + SPREAD * chance.nextDouble();
        dueAtNanos = nowNanos + Math.max(LEAST_PAUSE.toNanos(), (long) ((ends - nowNanos) * part));
    }
}
