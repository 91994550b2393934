package io.fleetline.system.delivery;

import io.fleetline.device.internal.outbox.OutboxMode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A kind of history: how the device keeps its items, and what happens beside crashes, failing batches and bad networks. */
@SuppressWarnings("ImmutableEnumChecker") // nothing is added to the lists and sets once they are made
enum Scenario {
    BASE(List.of(OutboxMode.DURABLE)),
    GAPS(List.of(OutboxMode.DURABLE), Trouble.OVERFLOW, Trouble.EXPIRY),
    REJECTS(List.of(OutboxMode.DURABLE), Trouble.REJECTS, Trouble.OVERFLOW),
    BUFFERED(List.of(OutboxMode.BUFFERED), Trouble.OVERFLOW),
    BUFFERED_REJECTS(List.of(OutboxMode.BUFFERED), Trouble.REJECTS, Trouble.OVERFLOW, Trouble.EXPIRY),
    MEMORY(List.of(OutboxMode.MEMORY), Trouble.OVERFLOW),
    FULL_DISK(List.of(OutboxMode.DURABLE, OutboxMode.BUFFERED), Trouble.FAILING_DISK),
    WIPED(List.of(OutboxMode.DURABLE, OutboxMode.BUFFERED), Trouble.WIPE, Trouble.OVERFLOW),
    LYING(List.of(OutboxMode.DURABLE), Trouble.LYING_DISK, Trouble.OVERFLOW),
    IMAGE(List.of(OutboxMode.DURABLE, OutboxMode.BUFFERED), Trouble.OLD_IMAGE, Trouble.OVERFLOW),
    DAMAGED(List.of(OutboxMode.DURABLE, OutboxMode.BUFFERED), Trouble.BIT_ROT, Trouble.OVERFLOW),
    COPIED(List.of(OutboxMode.DURABLE), Trouble.COPY, Trouble.OVERFLOW),
    RESTLESS(List.of(OutboxMode.BUFFERED), Trouble.RESTARTS),
    RESTLESS_DROPS(List.of(OutboxMode.DURABLE), Trouble.RESTARTS, Trouble.OVERFLOW, Trouble.EXPIRY);

    /** What can befall a device beside what befalls all. */
    enum Trouble {
        OVERFLOW,
        EXPIRY,
        REJECTS,
        FAILING_DISK,
        WIPE,
        LYING_DISK,
        OLD_IMAGE,
        BIT_ROT,
        COPY,
        /** Starts again and again while much of what it sends fails, so that items of several runs are under way. */
        RESTARTS
    }

    private final List<OutboxMode> modes;
    private final Set<Trouble> troubles;

    Scenario(List<OutboxMode> modes, Trouble... troubles) {
        this.modes = modes;
        this.troubles = EnumSet.noneOf(Trouble.class);
        this.troubles.addAll(List.of(troubles));
    }

    List<OutboxMode> modes() {
        return modes;
    }

    boolean has(Trouble trouble) {
        return troubles.contains(trouble);
    }

    /** Whether the disk, when asked to keep something, may lose it later and not say so. */
    boolean isTreacherous() {
        return has(Trouble.LYING_DISK) || has(Trouble.OLD_IMAGE) || has(Trouble.BIT_ROT);
    }

    /** Whether the whole promise holds. */
    boolean isHonest() {
        return !isTreacherous() && !has(Trouble.COPY);
    }
}
