package io.fleetline.bench.stage;

import io.fleetline.ingest.session.SessionLimits;
import java.time.Duration;
import java.util.List;

/**
 * What a node is to be like.
 *
 * @param prefix how the names of its topics begin
 * @param values of its records, as the configuration names them
 * @param headers of its records, as the configuration names them
 * @param devices how many are registered
 * @param admission whether it lets devices in no faster than a node does as it comes
 * @param heartbeat how often it asks devices for a sign of life
 * @param jvm further options for its virtual machine
 */
public record NodeOptions(
        String prefix,
        String values,
        String headers,
        int devices,
        boolean admission,
        Duration heartbeat,
        List<String> jvm) {
    /** Few devices, which may come and send as fast as they can. */
    public static final NodeOptions DEFAULTS =
            new NodeOptions("fleetline", "CBOR", "COMPACT", 50, false, SessionLimits.DEFAULTS.heartbeat(), List.of());

    /** Copies the list. */
    public NodeOptions {
        jvm = List.copyOf(jvm);
    }

    /** With topics of its own, whose records look like this. */
    public NodeOptions withRecords(String newPrefix, String newValues, String newHeaders) {
        return new NodeOptions(newPrefix, newValues, newHeaders, devices, admission, heartbeat, jvm);
    }

    /** With so many devices registered. */
    public NodeOptions withDevices(int count) {
        return new NodeOptions(prefix, values, headers, count, admission, heartbeat, jvm);
    }

    /** Asks for a sign of life as often. */
    public NodeOptions withHeartbeat(Duration interval) {
        return new NodeOptions(prefix, values, headers, devices, admission, interval, jvm);
    }

    /** Lets devices in no faster than a node does as it comes. */
    public NodeOptions withAdmission() {
        return new NodeOptions(prefix, values, headers, devices, true, heartbeat, jvm);
    }

    /** With further options for its virtual machine. */
    public NodeOptions withJvm(List<String> options) {
        return new NodeOptions(prefix, values, headers, devices, admission, heartbeat, options);
    }
}
