package io.fleetline.device.internal.outbox;

/**
 * Where on disk items and gaps are, as far as those who hold them have to know. A place is positive; the others say that
 * there is none.
 */
interface Places {
    /** It is in memory alone. */
    long NOWHERE = 0;

    /** It is in memory; writing it failed, and nobody knows how far it came. */
    long PERHAPS = -1;

    /** The places of an outbox without a disk: there are none. */
    Places NONE = new Places() {
        @Override
        public boolean isForced(long place) {
            return false;
        }

        @Override
        public void settled(int lane, long to, long place, int bytes) {}

        @Override
        public void replaced(long place) {}
    };

    /** Whether what is there outlives a power cut. */
    boolean isForced(long place);

    /** What was there, of so many bytes, is settled: it may go once the disk says that its lane is acknowledged up to {@code to}. */
    void settled(int lane, long to, long place, int bytes);

    /** A gap takes the place of what was there, which may go once that is on disk. */
    void replaced(long place);
}
