package io.fleetline.device.internal.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A few neighbouring numbers of a lane. What only some outboxes need has an array only where it is needed. Guarded by the
 * outbox's lock.
 */
final class Chunk {
    /** Small, because a process may hold thousands of outboxes with a few items each. */
    static final int NUMBERS = 32;

    /** Encoded bytes of each item, 0 where there is none. */
    final int[] lengths = new int[NUMBERS];
    /** When each was appended. */
    final int[] ticks = new int[NUMBERS];
    /** The encoded bytes, null of what is on disk alone. */
    final byte[] @Nullable [] items = new byte[NUMBERS][];

    private @Nullable Object @Nullable [] waiters;
    private long @Nullable [] places;
    private long @Nullable [] expiries;
    private Channels.@Nullable Channel @Nullable [] channels;
    int count;

    static int index(long seq) {
        return (int) (seq % NUMBERS);
    }

    @Nullable Object waiter(int i) {
        return waiters == null ? null : waiters[i];
    }

    void waiter(int i, @Nullable Object waiter) {
        if (waiters == null && waiter != null) {
            waiters = new Object[NUMBERS];
        }
        if (waiters != null) {
            waiters[i] = waiter;
        }
    }

    long place(int i) {
        return places == null ? Places.NOWHERE : places[i];
    }

    void place(int i, long place) {
        if (places == null && place != Places.NOWHERE) {
            places = new long[NUMBERS];
        }
        if (places != null) {
            places[i] = place;
        }
    }

    /** When the item expires, Unix time in ms, 0 for never. */
    long expiry(int i) {
        return expiries == null ? 0 : expiries[i];
    }

    void expiry(int i, long unixMillis) {
        if (expiries == null && unixMillis != 0) {
            expiries = new long[NUMBERS];
        }
        if (expiries != null) {
            expiries[i] = unixMillis;
        }
    }

    Channels.@Nullable Channel channel(int i) {
        return channels == null ? null : channels[i];
    }

    void channel(int i, Channels.@Nullable Channel channel) {
        if (channels == null && channel != null) {
            channels = new Channels.Channel[NUMBERS];
        }
        if (channels != null) {
            channels[i] = channel;
        }
    }

    void clear(int i) {
        lengths[i] = 0;
        items[i] = null;
        waiter(i, null);
        place(i, Places.NOWHERE);
        expiry(i, 0);
        channel(i, null);
        count--;
    }
}
