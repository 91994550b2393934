package io.fleetline.simulator.proof;

/**
 * One way in which Kafka does not hold what the journal says.
 *
 * @param kind which way
 * @param device whose events it is about
 * @param sentence what was expected and what is there
 * @param count how many events or commands it is about; 0 if other faults tell of all of them already
 */
public record Fault(Kind kind, String device, String sentence, long count) {
    /** About one event or command. */
    public Fault(Kind kind, String device, String sentence) {
        this(kind, device, sentence, 1);
    }

    /** The ways in which Kafka can differ from the journal. */
    public enum Kind {
        /** It has a receipt and is not there. */
        MISSING,
        /** It is there under two numbers. */
        DOUBLED,
        /** Of two events of a lane the later one comes first. */
        OUT_OF_ORDER,
        /** It is there, and nobody published it. */
        UNPUBLISHED,
        /** One number stands for two events. */
        CONTRADICTORY,
        /** It is there under another number or on another lane than its receipt says. */
        MISPLACED,
        /** A device's records are spread over partitions. */
        SCATTERED,
        /** It cannot be read. */
        UNREADABLE,
        /** It was on disk when the device's process was ended without warning, and is not there. */
        LOST_FROM_DISK,
        /** A command's handler was called more than once. */
        COMMAND_REPEATED,
        /** A command that Kafka had never reached its device, and nothing says that it never will. */
        COMMAND_LOST,
        /** A handler came to its end, and no outcome of it is there. */
        OUTCOME_LOST,
        /** One command's outcome is there under two numbers. */
        OUTCOME_DOUBLED,
        /** An outcome is there that no handler came to. */
        OUTCOME_INVENTED
    }

    @Override
    public String toString() {
        return kind + " " + device + ": " + sentence;
    }
}
