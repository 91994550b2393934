package io.fleetline.protocol;

/** The names of Fleetline's Kafka topics, where the configuration names no others. */
public final class Topics {
    /** Every event and gap, at least once. */
    public static final String EVENTS = "fleetline.events";

    /** What follows the name of the events topic in the name of the topic that has them exactly once. */
    public static final String EXACT_SUFFIX = ".exact";

    /** The same events, exactly once and in order. */
    public static final String EVENTS_EXACT = EVENTS + EXACT_SUFFIX;

    /** What was rejected, with the reason. */
    public static final String DEAD_LETTERS = "fleetline.dead-letters";

    /** Commands to devices; anyone may produce there. */
    public static final String COMMANDS = "fleetline.commands";

    /** What became of each command. */
    public static final String COMMAND_UPDATES = "fleetline.command-updates";

    /** The last known connection state of each device; compacted. */
    public static final String PRESENCE = "fleetline.presence";

    /** The devices, their credentials and limits; compacted. */
    public static final String DEVICES = "fleetline.devices";

    /** The tenants and their limits; compacted. */
    public static final String TENANTS = "fleetline.tenants";

    /** The nodes that live, and how to reach them; compacted. */
    public static final String NODES = "fleetline.nodes";

    /** Who changed what. */
    public static final String AUDIT = "fleetline.audit";

    private Topics() {}
}
