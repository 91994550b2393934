package io.fleetline.protocol;

import java.util.List;
import java.util.OptionalLong;

/** What a device says to a node. Types 1 to 63. */
public sealed interface DeviceFrame {
    /** Calls the method of this kind of frame. */
    <R> R deliverTo(Handler<R> handler);

    /**
     * One method per frame, so that a new frame is a compile error wherever it is not handled.
     *
     * @param <R> what the methods return
     */
    interface Handler<R> {
        /** The first frame of a connection. */
        R onHello(Hello hello);

        /** A lane begins or goes on with another run. */
        R onOpen(Open open);

        /** Consecutive items. */
        R onPublish(Publish publish);

        /** A sign of life that wants an answer. */
        R onHeartbeat(Heartbeat heartbeat);

        /** A new credential for the same identity. */
        R onReauthenticate(Reauthenticate reauthenticate);
    }

    /**
     * The first frame of a connection.
     *
     * @param last the highest connection number that the device was ever given, 0 if it knows none
     * @param client a CBOR map with text keys that says what runs on the device; at most 1 KiB
     */
    record Hello(long last, Payload client) implements DeviceFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 1;

        /** @throws IllegalArgumentException if a part is out of range */
        public Hello {
            ProtocolLimits.number("last connection", last, 0, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("bytes of client", client.length(), 1, ProtocolLimits.MAX_CLIENT_BYTES);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onHello(this);
        }
    }

    /**
     * Opens a lane, or goes on in it with the next run.
     *
     * @param lane which lane
     * @param store names one life of the device's outbox: 31 random bits, and a lowest one that is 1 if it ends with the process
     * @param run names one opening of that store, 32 random bits
     * @param order the run's place among the runs of the store; later runs have higher orders
     * @param first the run's first sequence number
     * @param next the sequence number of the next item to come
     * @param acked up to where the lane is acknowledged, 0 if nothing is
     * @param before the run that number {@code first − 1} belongs to; given as long as {@code acked < first − 1}
     */
    record Open(Lane lane, long store, long run, long order, long first, long next, long acked, OptionalLong before)
            implements DeviceFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 2;

        /** @throws IllegalArgumentException if a part is out of range, or {@code first ≤ next} or {@code acked < next} does not hold */
        public Open {
            ProtocolLimits.number("store", store, 0, ProtocolLimits.MAX_NAME);
            ProtocolLimits.number("run", run, 0, ProtocolLimits.MAX_NAME);
            ProtocolLimits.number("order", order, 0, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("first", first, 1, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("next", next, first, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("acked", acked, 0, next - 1);
            if (before.isPresent()) {
                ProtocolLimits.number("before", before.getAsLong(), 0, ProtocolLimits.MAX_NAME);
            }
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onOpen(this);
        }
    }

    /**
     * Consecutive items of one lane; a gap counts for all the numbers that it covers.
     *
     * @param lane which lane
     * @param from the first item's sequence number
     * @param acked up to where the lane is acknowledged, as fresh as the device knows it
     * @param items at least one
     */
    record Publish(Lane lane, long from, long acked, List<Item> items) implements DeviceFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 3;

        /**
         * @throws IllegalArgumentException if a part is out of range, {@code acked < from} does not hold, a gap ends
         *     before it begins, or an item does not belong on the lane
         */
        public Publish {
            ProtocolLimits.number("from", from, 1, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("acked", acked, 0, from - 1);
            items = List.copyOf(items);
            if (items.isEmpty()) {
                throw new IllegalArgumentException("a publish frame has at least one item");
            }
            long seq = from;
            for (Item item : items) {
                if (!lane.carries(item)) {
                    throw new IllegalArgumentException("lane " + lane + " does not carry the "
                            + item.getClass().getSimpleName() + " at number " + seq);
                }
                seq = after(seq, item);
            }
            ProtocolLimits.number("last number of the frame", seq - 1, from, ProtocolLimits.MAX_NUMBER);
        }

        /** The sequence number that follows the last item of this frame. */
        public long next() {
            long seq = from;
            for (Item item : items) {
                seq = after(seq, item);
            }
            return seq;
        }

        private static long after(long seq, Item item) {
            return item instanceof Item.Gap gap
                    ? ProtocolLimits.number("end of gap", gap.to(), seq, ProtocolLimits.MAX_NUMBER) + 1
                    : seq + 1;
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onPublish(this);
        }
    }

    /**
     * A sign of life that wants an answer.
     *
     * @param token comes back in the answer, 1 to 2^53 − 1
     */
    record Heartbeat(long token) implements DeviceFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 4;

        /** @throws IllegalArgumentException if the token is out of range */
        public Heartbeat {
            ProtocolLimits.number("token", token, 1, ProtocolLimits.MAX_NUMBER);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onHeartbeat(this);
        }
    }

    /**
     * A new credential for the identity that this connection has.
     *
     * @param credential what would stand in the {@code Authorization} header
     */
    record Reauthenticate(String credential) implements DeviceFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 5;

        /** @throws IllegalArgumentException if the credential is not 1 to 8,192 printable ASCII characters */
        public Reauthenticate {
            if (!Names.matches(credential, ProtocolLimits.MAX_CREDENTIAL_CHARS, Names.PRINTABLE_ASCII)) {
                throw new IllegalArgumentException("a credential of " + credential.length() + " characters is not 1 to "
                        + ProtocolLimits.MAX_CREDENTIAL_CHARS + " of printable ASCII");
            }
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onReauthenticate(this);
        }

        /** Without the credential: this text may reach a log. */
        @Override
        public String toString() {
            return "Reauthenticate[credential=…]";
        }
    }
}
