package io.fleetline.protocol;

/** What takes a sequence number in a lane. */
public sealed interface Item {
    /** Calls the method of this kind of item. */
    <R> R deliverTo(Handler<R> handler);

    /**
     * One method per kind of item, so that a new kind is a compile error wherever it is not handled.
     *
     * @param <R> what the methods return
     */
    interface Handler<R> {
        /** An event. */
        R onEvent(Event event);

        /** A gap. */
        R onGap(Gap gap);

        /** An outcome. */
        R onOutcome(Outcome outcome);
    }

    /**
     * A reading, or whatever else the device has to say.
     *
     * @param channel 1 to 128 of {@code [A-Za-z0-9._/-]}; one with a leading {@code $} is reserved
     * @param timeMillis when it happened, Unix time in ms, 0 to 2^53 − 1
     * @param body what happened
     * @param attributes what stands beside the body
     */
    record Event(String channel, long timeMillis, Payload body, Attributes attributes) implements Item {
        /** The item's kind on the wire. */
        public static final int KIND = 0;

        /**
         * @throws IllegalArgumentException if the channel or the time is not of its form, or the attributes give a
         *     content type and the body is not a byte string of definite length
         */
        public Event {
            Names.channel("channel", channel);
            ProtocolLimits.number("event time", timeMillis, 0, ProtocolLimits.MAX_NUMBER);
            attributes.checkBody(body);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onEvent(this);
        }
    }

    /**
     * Numbers that the device dropped: what is lost is known, never silent.
     *
     * @param to the last number that it covers; the first is its own
     * @param reason why they were dropped
     */
    record Gap(long to, GapReason reason) implements Item {
        /** The item's kind on the wire. */
        public static final int KIND = 1;

        /** @throws IllegalArgumentException if {@code to} is not 1 to 2^53 − 1 */
        public Gap {
            ProtocolLimits.number("end of gap", to, 1, ProtocolLimits.MAX_NUMBER);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onGap(this);
        }
    }

    /**
     * What became of a command.
     *
     * @param commandId the command's id, 1 to 64 printable ASCII characters
     * @param status how it ended
     * @param timeMillis when it ended, Unix time in ms, 0 to 2^53 − 1
     * @param body the handler's result, or a text that says what failed
     */
    record Outcome(String commandId, OutcomeStatus status, long timeMillis, Payload body) implements Item {
        /** The item's kind on the wire. */
        public static final int KIND = 2;

        /** @throws IllegalArgumentException if the id or the time is not of its form */
        public Outcome {
            Names.commandId(commandId);
            ProtocolLimits.number("outcome time", timeMillis, 0, ProtocolLimits.MAX_NUMBER);
        }

        @Override
        public <R> R deliverTo(Handler<R> handler) {
            return handler.onOutcome(this);
        }
    }
}
