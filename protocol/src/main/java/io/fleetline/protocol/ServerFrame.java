package io.fleetline.protocol;

import java.util.Optional;

/** What a node says to a device. Types 64 to 127. */
public sealed interface ServerFrame {
    /** Calls the method of this kind of frame. */
    <R> R deliverTo(Handler<R> handler);

    /**
     * One method per frame, so that a new frame is a compile error wherever it is not handled.
     *
     * @param <R> what the methods return
     */
    interface Handler<R> {
        /** The answer to {@code hello}. */
        R onWelcome(Welcome welcome);

        /** Items are stored. */
        R onAck(Ack ack);

        /** An item will never be stored as an event. */
        R onReject(Reject reject);

        /** The answer to a heartbeat. */
        R onHeartbeatAck(HeartbeatAck heartbeatAck);

        /** Something to be done. */
        R onCommand(Command command);

        /** The node is about to go. */
        R onDrain(Drain drain);

        /** The new credential is taken. */
        R onReauthenticated(Reauthenticated reauthenticated);

        /** A lane is to be opened again. */
        R onRewind(Rewind rewind);
    }

    /**
     * The answer to {@code hello}: the connection's number, and the limits that hold on it.
     *
     * @param connection of two connections of a device the one with the higher number is the newer
     * @param timeMillis the node's Unix time in ms
     * @param heartbeatMillis how often the device gives a sign of life
     * @param maxFrameBytes the largest frame that the node reads
     * @param maxItemBytes the largest encoded item that it accepts
     * @param windowItems how many items may be unacknowledged
     * @param windowBytes how many bytes of encoded items may be unacknowledged
     * @param eventsPerSecond the rate that the node reads at; 0 means that it sets none
     * @param bytesPerSecond the rate that the node reads at; 0 means that it sets none
     * @param reconnectWindowMillis over how many ms to spread a reconnect, should this connection break
     */
    record Welcome(
            long connection,
            long timeMillis,
            long heartbeatMillis,
            long maxFrameBytes,
            long maxItemBytes,
            long windowItems,
            long windowBytes,
            long eventsPerSecond,
            long bytesPerSecond,
            long reconnectWindowMillis)
            implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 65;

        /** @throws IllegalArgumentException if a part is out of range */
        public Welcome {
            long most = ProtocolLimits.MAX_NUMBER;
            ProtocolLimits.number("connection", connection, 1, most);
            ProtocolLimits.number("time", timeMillis, 0, most);
            ProtocolLimits.number("heartbeat", heartbeatMillis, 1, most);
            ProtocolLimits.number("maxFrame", maxFrameBytes, 1, most);
            ProtocolLimits.number("maxItem", maxItemBytes, 1, most);
            ProtocolLimits.number("window", windowItems, 1, most);
            ProtocolLimits.number("windowBytes", windowBytes, 1, most);
            ProtocolLimits.number("eventsPerSecond", eventsPerSecond, 0, most);
            ProtocolLimits.number("bytesPerSecond", bytesPerSecond, 0, most);
            ProtocolLimits.number("reconnectWindow", reconnectWindowMillis, 0, most);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onWelcome(this);
        }
    }

    /**
     * Where in Kafka an item stands.
     *
     * @param partition the partition, 0 or more
     * @param offset the offset within it, 0 or more
     */
    record StoredAt(int partition, long offset) {
        /** @throws IllegalArgumentException if a part is out of range */
        public StoredAt {
            ProtocolLimits.number("partition", partition, 0, Integer.MAX_VALUE);
            ProtocolLimits.number("offset", offset, 0, ProtocolLimits.MAX_NUMBER);
        }
    }

    /**
     * Every item of the lane up to {@code upTo} is stored in Kafka with {@code acks=all}.
     *
     * @param lane which lane
     * @param upTo the last number that is stored
     * @param storedAt where {@code upTo} is stored, if the node says
     */
    record Ack(Lane lane, long upTo, Optional<StoredAt> storedAt) implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 66;

        /** @throws IllegalArgumentException if the number is out of range */
        public Ack {
            ProtocolLimits.number("upTo", upTo, 1, ProtocolLimits.MAX_NUMBER);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onAck(this);
        }
    }

    /**
     * An item will never be stored as an event. Everything before it is acknowledged; the lane waits to be opened again,
     * with a gap in the item's place.
     *
     * @param lane which lane
     * @param seq which item
     * @param code why
     * @param message for people; at most 512 bytes of UTF-8
     */
    record Reject(Lane lane, long seq, RejectCode code, String message) implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 67;

        /** @throws IllegalArgumentException if the number is out of range or the message too long */
        public Reject {
            ProtocolLimits.number("seq", seq, 1, ProtocolLimits.MAX_NUMBER);
            checkText("message", message);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onReject(this);
        }
    }

    /**
     * The answer to a heartbeat; with token 0 a sign of life of a node that holds back reading.
     *
     * @param token the heartbeat's token, or 0
     * @param timeMillis the node's Unix time in ms
     * @param reconnectWindowMillis over how many ms to spread a reconnect, should this connection break
     */
    record HeartbeatAck(long token, long timeMillis, long reconnectWindowMillis) implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 68;

        /** @throws IllegalArgumentException if a part is out of range */
        public HeartbeatAck {
            ProtocolLimits.number("token", token, 0, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("time", timeMillis, 0, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("reconnectWindow", reconnectWindowMillis, 0, ProtocolLimits.MAX_NUMBER);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onHeartbeatAck(this);
        }
    }

    /**
     * Something to be done, at most once.
     *
     * @param id 1 to 64 printable ASCII characters; the same id is the same command
     * @param name what to do; of the form of a channel
     * @param ttlMillis how many ms from receipt it may still be started; 0 means without a limit
     * @param body the command's argument; at most 32 KiB
     * @param attributes what stands beside the body
     */
    record Command(String id, String name, long ttlMillis, Payload body, Attributes attributes) implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 69;

        /** @throws IllegalArgumentException if a part is not of its form or out of range */
        public Command {
            Names.commandId(id);
            Names.channel("command name", name);
            ProtocolLimits.number("ttl", ttlMillis, 0, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("bytes of command body", body.length(), 1, ProtocolLimits.MAX_COMMAND_BODY_BYTES);
            attributes.checkBody(body);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onCommand(this);
        }
    }

    /**
     * The node is about to go; the device leaves at a moment of its choice within the window.
     *
     * @param reconnectWindowMillis over how many ms to spread the reconnect
     * @param reason for people; at most 512 bytes of UTF-8
     */
    record Drain(long reconnectWindowMillis, String reason) implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 70;

        /** @throws IllegalArgumentException if the window is out of range or the reason too long */
        public Drain {
            ProtocolLimits.number("reconnectWindow", reconnectWindowMillis, 0, ProtocolLimits.MAX_NUMBER);
            checkText("reason", reason);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onDrain(this);
        }
    }

    /**
     * The new credential is taken.
     *
     * @param expiresMillis when it ends, Unix time in ms; 0 means never
     */
    record Reauthenticated(long expiresMillis) implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 71;

        /** @throws IllegalArgumentException if the time is out of range */
        public Reauthenticated {
            ProtocolLimits.number("expires", expiresMillis, 0, ProtocolLimits.MAX_NUMBER);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onReauthenticated(this);
        }
    }

    /**
     * Storing failed or is in doubt: the lane session is over, and the device opens the lane again.
     *
     * @param lane which lane
     * @param from one past the last number that was acknowledged
     * @param afterMillis how long to wait before opening it
     */
    record Rewind(Lane lane, long from, long afterMillis) implements ServerFrame {
        /** The frame's type on the wire. */
        public static final int TYPE = 72;

        /** @throws IllegalArgumentException if a part is out of range */
        public Rewind {
            ProtocolLimits.number("from", from, 1, ProtocolLimits.MAX_NUMBER);
            ProtocolLimits.number("after", afterMillis, 0, ProtocolLimits.MAX_NUMBER);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onRewind(this);
        }
    }

    private static void checkText(String field, String text) {
        ProtocolLimits.number("bytes of " + field, Names.utf8Bytes(field, text), 0, ProtocolLimits.MAX_MESSAGE_BYTES);
    }
}
