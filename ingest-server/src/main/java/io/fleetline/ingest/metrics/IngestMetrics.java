package io.fleetline.ingest.metrics;

import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.RejectCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** All that a node counts. No meter is named after a device: a fleet would make too many. */
public final class IngestMetrics {
    /** Time from the arrival of an item to its acknowledgement. */
    public static final String ACK_LATENCY = "fleetline.ingest.ack.latency";
    /** Items stored and acknowledged. */
    public static final String ITEMS_ACKNOWLEDGED = "fleetline.ingest.items.acknowledged";
    /** Items that came in, gaps and later refused ones too. */
    public static final String ITEMS_RECEIVED = "fleetline.ingest.items.received";
    /** Bytes of the frames that came in. */
    public static final String BYTES_RECEIVED = "fleetline.ingest.bytes.received";
    /** Items that were refused, by code. */
    public static final String ITEMS_REJECTED = "fleetline.ingest.items.rejected";
    /** Lane sessions that ended because storing failed or was in doubt. */
    public static final String REWINDS = "fleetline.ingest.rewinds";
    /** Connections that got their welcome. */
    public static final String CONNECTIONS_OPENED = "fleetline.ingest.connections.opened";
    /** Connections that ended, by reason. */
    public static final String CONNECTIONS_CLOSED = "fleetline.ingest.connections.closed";
    /** Identities that turned out to be in use at more than one place. */
    public static final String IDENTITIES_CLONED = "fleetline.ingest.identities.cloned";
    /** Connections that are open now, those without a hello yet among them. */
    public static final String CONNECTIONS_OPEN = "fleetline.ingest.connections.open";
    /** How many connections may be open. */
    public static final String CONNECTIONS_LIMIT = "fleetline.ingest.connections.limit";
    /** Connections that are between accept and upgrade. */
    public static final String HANDSHAKES_RUNNING = "fleetline.ingest.handshakes.running";
    /** Devices that are connected now. */
    public static final String DEVICES_CONNECTED = "fleetline.ingest.devices.connected";
    /** Devices that the registry knows. */
    public static final String DEVICES_REGISTERED = "fleetline.ingest.devices.registered";
    /** Handshakes that were refused, by HTTP status. */
    public static final String HANDSHAKES_REFUSED = "fleetline.ingest.handshakes.refused";
    /** Bytes on their way to Kafka. */
    public static final String BUDGET_USED = "fleetline.ingest.budget.used.bytes";
    /** Connections that wait for the node's budget. */
    public static final String BUDGET_WAITING = "fleetline.ingest.budget.waiting";
    /** Commands that were sent to devices, repeats too. */
    public static final String COMMANDS_SENT = "fleetline.ingest.commands.sent";

    private final MeterRegistry registry;
    private final Timer ackLatency;
    private final Counter itemsAcknowledged;
    private final Counter itemsReceived;
    private final Counter bytesReceived;
    private final Counter rewinds;
    private final Counter connectionsOpened;
    private final Counter commandsSent;
    private final Counter identitiesCloned;

    /** Counts in this registry. */
    public IngestMetrics(MeterRegistry registry) {
        this.registry = registry;
        ackLatency = Timer.builder(ACK_LATENCY)
                .description("From the arrival of an item to its acknowledgement, one sample per ack")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        itemsAcknowledged = registry.counter(ITEMS_ACKNOWLEDGED);
        itemsReceived = registry.counter(ITEMS_RECEIVED);
        bytesReceived = registry.counter(BYTES_RECEIVED);
        rewinds = registry.counter(REWINDS);
        connectionsOpened = registry.counter(CONNECTIONS_OPENED);
        commandsSent = registry.counter(COMMANDS_SENT);
        identitiesCloned = registry.counter(IDENTITIES_CLONED);
    }

    /** Reads these whenever somebody looks. */
    public void observe(
            Supplier<Number> devicesConnected,
            Supplier<Number> devicesRegistered,
            Supplier<Number> budgetUsed,
            Supplier<Number> budgetWaiting) {
        Gauge.builder(DEVICES_CONNECTED, devicesConnected).register(registry);
        Gauge.builder(DEVICES_REGISTERED, devicesRegistered).register(registry);
        Gauge.builder(BUDGET_USED, budgetUsed).baseUnit("bytes").register(registry);
        Gauge.builder(BUDGET_WAITING, budgetWaiting).register(registry);
    }

    /** Reads these of the listener whenever somebody looks. */
    public void observeListener(
            Supplier<Number> connections, Supplier<Number> connectionsLimit, Supplier<Number> handshakes) {
        Gauge.builder(CONNECTIONS_OPEN, connections).register(registry);
        Gauge.builder(CONNECTIONS_LIMIT, connectionsLimit).register(registry);
        Gauge.builder(HANDSHAKES_RUNNING, handshakes).register(registry);
    }

    /** A publish frame came in. */
    public void received(int items, int bytes) {
        itemsReceived.increment(items);
        bytesReceived.increment(bytes);
    }

    /** An ack goes out. */
    public void acknowledged(int items, long latencyNanos) {
        itemsAcknowledged.increment(items);
        ackLatency.record(latencyNanos, TimeUnit.NANOSECONDS);
    }

    /** An item was refused. */
    public void rejected(RejectCode code) {
        registry.counter(ITEMS_REJECTED, "code", word(code)).increment();
    }

    /** A lane session ended in doubt. */
    public void rewound() {
        rewinds.increment();
    }

    /** A connection got its welcome. */
    public void opened() {
        connectionsOpened.increment();
    }

    /** This node ended a connection. */
    public void closed(CloseReason reason) {
        registry.counter(CONNECTIONS_CLOSED, "reason", word(reason)).increment();
    }

    /** A connection ended from the other side, with or without a word. */
    public void left() {
        registry.counter(CONNECTIONS_CLOSED, "reason", "left").increment();
    }

    /** An identity turned out to be in use at more than one place. */
    public void cloned() {
        identitiesCloned.increment();
    }

    /** A handshake was refused. */
    public void refused(int status) {
        registry.counter(HANDSHAKES_REFUSED, "status", Integer.toString(status)).increment();
    }

    /** A command went out. */
    public void commandSent() {
        commandsSent.increment();
    }

    /** How many items were acknowledged so far. */
    public long itemsAcknowledged() {
        return (long) itemsAcknowledged.count();
    }

    /** How many lane sessions ended in doubt so far. */
    public long rewinds() {
        return (long) rewinds.count();
    }

    /** The latency of acks: what the registry's histogram says now. */
    public Timer ackLatency() {
        return ackLatency;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
