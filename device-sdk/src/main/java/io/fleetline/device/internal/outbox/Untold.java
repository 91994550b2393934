package io.fleetline.device.internal.outbox;

import java.util.ArrayList;
import java.util.List;

/** What the disk has still to be told, beside items and gaps. Guarded by the outbox's lock. */
final class Untold {
    /** What was settled that is on disk. */
    long settledBytes;
    /** Whether orders were given: they have to be on disk before anything is sent. */
    boolean orders;
    /** The records whose place something takes that is not on disk yet. */
    List<Long> replaced = new ArrayList<>();
}
