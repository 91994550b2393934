package io.fleetline.device.internal.connection;

import io.fleetline.protocol.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the item that nodes cannot bear. After a node has ended a connection because of a frame, items go out one at a
 * time until everything that was in flight is past; whichever is alone in flight when that happens again is to blame.
 */
final class Quarantine {
    /** How often an item must have been blamed before it is given up: once may be chance, or a node's mistake. */
    static final int BLAMES = 3;

    /** An item by its place. */
    record Suspect(Lane lane, long seq) {}

    private final Map<Lane, Long> suspectUpTo = new EnumMap<>(Lane.class);
    private Optional<Suspect> blamed = Optional.empty();
    private int blames;

    /** Whether one item at a time is the rule. */
    boolean isOn() {
        return !suspectUpTo.isEmpty();
    }

    /** A connection ended because of a frame, while this lane had items in flight up to this number. */
    void suspect(Lane lane, long upTo) {
        suspectUpTo.merge(lane, upTo, Math::max);
    }

    /** The item that was alone in flight then. Returns whether it is to be given up. */
    boolean blame(Suspect alone) {
        blames = blamed.equals(Optional.of(alone)) ? blames + 1 : 1;
        blamed = Optional.of(alone);
        return blames >= BLAMES;
    }

    /** The lane is settled up to this number. */
    void settled(Lane lane, long upTo) {
        Long suspects = suspectUpTo.get(lane);
        if (suspects != null && suspects <= upTo) {
            suspectUpTo.remove(lane);
        }
        if (blamed.isPresent() && blamed.get().lane() == lane && blamed.get().seq() <= upTo) {
            blamed = Optional.empty();
        }
    }
}
