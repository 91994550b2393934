package io.fleetline.device.internal.log;

/** One file of the log. */
final class Segment {
    final long id;
    final long salt;
    final DiskFile file;
    final int size;
    /** How far its records count: what lies behind was never forced. Written by the one thread that commits. */
    int end;

    Segment(long id, long salt, DiskFile file, int size, int end) {
        this.id = id;
        this.salt = salt;
        this.file = file;
        this.size = size;
        this.end = end;
    }
}
