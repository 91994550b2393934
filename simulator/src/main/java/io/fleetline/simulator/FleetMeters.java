package io.fleetline.simulator;

import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.scenario.Scenario;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What a run counts and times while it goes on. Thread-safe. */
final class FleetMeters {
    /** From when an event was due to its receipt. */
    final Latencies ack = new Latencies();
    /** The same for each group. */
    final Map<String, Latencies> ackByGroup;
    /** From when an event was due to a reader of the events topic. */
    final Latencies reader = new Latencies();
    /** From when a command was due to the call of its handler; a handler that is called again counts again. */
    final Latencies handler = new Latencies();
    /** From when a command was due to its outcome. */
    final Latencies command = new Latencies();
    /** From when a device was due to arrive to its first welcome. */
    final Latencies connect = new Latencies();

    final LongAdder due = new LongAdder();
    final LongAdder receipts = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder commandsSent = new LongAdder();
    final LongAdder outcomes = new LongAdder();
    final AtomicLong connected = new AtomicLong();

    FleetMeters(Scenario scenario) {
        Map<String, Latencies> groups = new LinkedHashMap<>();
        scenario.groups().forEach(group -> groups.put(group.name(), new Latencies()));
        ackByGroup = Collections.unmodifiableMap(groups);
    }

    /** Leaves out of all totals of times what has happened by now, but for when devices were first connected: most are by then. */
    void restartTotals() {
        ack.restartTotal();
        ackByGroup.values().forEach(Latencies::restartTotal);
        reader.restartTotal();
        handler.restartTotal();
        command.restartTotal();
    }

    /** That of one of the scenario's groups. */
    Latencies ackOf(String group) {
        Latencies found = ackByGroup.get(group);
        if (found == null) {
            throw new IllegalArgumentException("the scenario has no group " + group);
        }
        return found;
    }
}
