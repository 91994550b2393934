package io.fleetline.protocol;

/**
 * The names of stores: 31 random bits, and a lowest bit that says whether the store can come back. One on a disk can be
 * opened again after others of the same device, so no other store's events say that it is over; one in memory ends with
 * its process.
 */
public final class StoreNames {
    private static final long FLEETING = 1;

    private StoreNames() {}

    /** A name for a store that is kept on a disk. */
    public static long lasting(int randomBits) {
        return Integer.toUnsignedLong(randomBits) & ~FLEETING;
    }

    /** A name for a store that ends with its process. */
    public static long fleeting(int randomBits) {
        return Integer.toUnsignedLong(randomBits) | FLEETING;
    }

    /** Whether the store of this name ends with its process. */
    public static boolean isFleeting(long store) {
        return (store & FLEETING) != 0;
    }
}
