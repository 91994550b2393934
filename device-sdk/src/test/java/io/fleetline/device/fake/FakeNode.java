package io.fleetline.device.fake;

import io.fleetline.device.fake.NodeBehaviour.Fate;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.ServerFrame.StoredAt;
import io.fleetline.protocol.ServerFrame.Welcome;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * A node that keeps what it stores in memory, and checks whatever a device sends against the protocol: what it finds wrong
 * stands in {@link #breaches}. Thread-safe by one lock; runs on virtual time as well.
 */
public final class FakeNode {
    /** Has something happen later. */
    public interface Delay {
        void after(long nanos, Runnable task);
    }

    /** An item as it landed. */
    public record Landed(Lane lane, long store, long run, long order, long first, long seq, long acked, Item item) {}

    private final NodeBehaviour behaviour;
    private final Delay delay;
    private final LongSupplier unixMillis;
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private final List<Landed> log = new ArrayList<>();
    private final List<ServerFrame> sent = new ArrayList<>();
    private final List<DeviceFrame> received = new ArrayList<>();
    private final Map<String, Long> highestAcked = new HashMap<>();
    private final Map<String, Long> orders = new HashMap<>();
    private long lastConnection;
    private int runChanges;
    private int reorderedCompletions;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    public FakeNode(NodeBehaviour behaviour, Delay delay, LongSupplier unixMillis) {
        this.behaviour = behaviour;
        this.delay = delay;
        this.unixMillis = unixMillis;
    }

    /** What devices did against the protocol. */
    public List<String> breaches() {
        return breaches;
    }

    /** What landed, in order. */
    public synchronized List<Landed> log() {
        return List.copyOf(log);
    }

    /** The frames that devices sent. */
    public synchronized List<DeviceFrame> received() {
        return List.copyOf(received);
    }

    /** The frames that the node sent. */
    public synchronized List<ServerFrame> sent() {
        return List.copyOf(sent);
    }

    /** How often a lane session went on with the items of a later run. */
    public synchronized int runChanges() {
        return runChanges;
    }

    /** How often an item was stored while an earlier one of its lane was not. */
    public synchronized int reorderedCompletions() {
        return reorderedCompletions;
    }

    /** All connections that there were, in order. */
    public List<Connection> connections() {
        return connections;
    }

    /** The latest connection. */
    public Connection latest() {
        return connections.get(connections.size() - 1);
    }

    /** Up to where a lane of a store was acknowledged. */
    public synchronized long acked(Lane lane, long store) {
        return highestAcked.getOrDefault(lane + "/" + store, 0L);
    }

    /** A device has connected. */
    public synchronized Connection connect(NodePeer peer) {
        Connection connection = new Connection(peer);
        connections.add(connection);
        return connection;
    }

    /** One lane session, and what came before it on the same lane. */
    private static final class LaneState {
        boolean open;
        boolean ignoring;
        int generation;
        long acked;
        long deviceAcked;
        long next;
        long run;
        long order;
        long first;
        /** What is not acknowledged: the last number that an item takes, and whether it is stored. */
        final TreeMap<Long, Boolean> pending = new TreeMap<>();

        final Map<Long, Integer> sizes = new HashMap<>();
        Optional<Long> rejecting = Optional.empty();
    }

    /** The node's end of one connection. */
    public final class Connection implements DeviceFrame.Handler<Void> {
        private final NodePeer peer;
        private final Map<Lane, LaneState> lanes = new EnumMap<>(Lane.class);
        private Optional<Welcome> welcome = Optional.empty();
        private long store = -1;
        private boolean ended;
        private long heartbeats;

        private Connection(NodePeer peer) {
            this.peer = peer;
            for (Lane lane : Lane.values()) {
                lanes.put(lane, new LaneState());
            }
        }

        /** A frame of the device came. */
        public void received(DeviceFrame frame) {
            synchronized (FakeNode.this) {
                if (!ended && !behaviour.silent()) {
                    received.add(frame);
                    frame.deliverTo(this);
                }
            }
        }

        /** The connection is over, whoever ended it. */
        public void ended() {
            synchronized (FakeNode.this) {
                ended = true;
            }
        }

        /** Whether the device may be sent frames. */
        public boolean isWelcome() {
            synchronized (FakeNode.this) {
                return welcome.isPresent() && !ended;
            }
        }

        /** Sends a frame of the test's choice. */
        public void send(ServerFrame frame) {
            synchronized (FakeNode.this) {
                if (!ended && !behaviour.silent()) {
                    sent.add(frame);
                    peer.send(frame);
                }
            }
        }

        /** Closes the connection as the test likes. */
        public void close(int code, String reason) {
            synchronized (FakeNode.this) {
                ended = true;
                peer.close(code, reason);
            }
        }

        public void cut() {
            synchronized (FakeNode.this) {
                ended = true;
                peer.cut();
            }
        }

        @Override
        public Void onHello(DeviceFrame.Hello hello) {
            if (welcome.isPresent()) {
                return breach("a second hello");
            }
            lastConnection = Math.max(Math.max(lastConnection, hello.last()) + 1, unixMillis.getAsLong() * 1024);
            Welcome answer = behaviour.welcome(lastConnection, unixMillis.getAsLong());
            welcome = Optional.of(answer);
            send(answer);
            return null;
        }

        @Override
        public Void onOpen(DeviceFrame.Open open) {
            if (welcome.isEmpty()) {
                return breach("open before welcome");
            }
            LaneState lane = lanes.get(open.lane());
            if (lane.ignoring && open.next() != open.acked() + 1) {
                return null;
            }
            if (lane.ignoring && lane.rejecting.isPresent()) {
                // The reject itself is still to come: everything until then is ignored.
                return null;
            }
            boolean begins = !lane.open || lane.ignoring;
            if (begins && open.next() != open.acked() + 1) {
                return breach("a session that begins at " + open.next() + " with acked " + open.acked());
            }
            if (!begins && open.next() != lane.next) {
                return breach("a session that goes on at " + open.next() + ", not at " + lane.next);
            }
            if (!begins && open.order() <= lane.order) {
                return breach("run order " + open.order() + " after " + lane.order + " in one session");
            }
            if (store >= 0 && store != open.store()) {
                return breach("a second store in one connection");
            }
            if (open.acked() < lane.deviceAcked && !begins) {
                return breach("acked fell from " + lane.deviceAcked + " to " + open.acked());
            }
            Long known = orders.putIfAbsent(open.store() + "/" + open.run(), open.order());
            if (known != null && known != open.order()) {
                return breach("run " + open.run() + " has order " + open.order() + ", had " + known);
            }
            if (open.acked() < open.first() - 1 && open.before().isEmpty()) {
                return breach("before is missing at first " + open.first() + " with acked " + open.acked());
            }
            if (open.acked() > acked(open.lane(), open.store())) {
                return breach("acked " + open.acked() + " of lane " + open.lane() + " was never acknowledged");
            }
            store = open.store();
            runChanges += begins ? 0 : 1;
            if (begins) {
                lane.generation++;
                lane.ignoring = false;
                lane.pending.clear();
                lane.sizes.clear();
                lane.acked = open.acked();
            }
            lane.open = true;
            lane.deviceAcked = open.acked();
            lane.next = open.next();
            lane.run = open.run();
            lane.order = open.order();
            lane.first = open.first();
            return null;
        }

        @Override
        public Void onPublish(DeviceFrame.Publish publish) {
            LaneState lane = lanes.get(publish.lane());
            if (lane.ignoring) {
                return null;
            }
            if (!lane.open) {
                return breach("publish on lane " + publish.lane() + ", which is not open");
            }
            if (publish.from() != lane.next) {
                return breach("publish from " + publish.from() + ", expected " + lane.next);
            }
            if (publish.acked() < lane.deviceAcked) {
                return breach("acked fell from " + lane.deviceAcked + " to " + publish.acked());
            }
            lane.deviceAcked = publish.acked();
            long seq = publish.from();
            for (Item item : publish.items()) {
                if (!take(publish, lane, seq, item)) {
                    return null;
                }
                seq = lane.next;
            }
            checkWindow();
            return null;
        }

        /** Takes one item in. Returns false if what follows it on the lane is to be ignored. */
        private boolean take(DeviceFrame.Publish publish, LaneState lane, long seq, Item item) {
            long end = item instanceof Item.Gap gap ? gap.to() : seq;
            lane.next = end + 1;
            Fate drawn = behaviour.fate(publish.lane(), seq, item);
            // Whatever an item was, the gap in its place is harmless.
            Fate fate = item instanceof Item.Gap && drawn != Fate.FAILED ? Fate.STORED : drawn;
            if (fate == Fate.UNBEARABLE) {
                close(CloseReason.MALFORMED.code(), "unbearable");
                return false;
            }
            if (fate == Fate.REJECTED) {
                lane.ignoring = true;
                lane.rejecting = Optional.of(seq);
                rejectIfDue(publish.lane(), lane);
                return false;
            }
            lane.pending.put(end, false);
            lane.sizes.put(end, FrameEncoder.encodedBytes(item));
            Landed landed =
                    new Landed(publish.lane(), store, lane.run, lane.order, lane.first, seq, publish.acked(), item);
            int generation = lane.generation;
            Runnable completion = () -> completed(landed, end, lane, generation, fate);
            long nanos = behaviour.storeNanos(publish.lane(), seq);
            if (nanos == 0) {
                completion.run();
            } else {
                delay.after(nanos, completion);
            }
            return !ended && !lane.ignoring;
        }

        private void completed(Landed landed, long end, LaneState lane, int generation, Fate fate) {
            synchronized (FakeNode.this) {
                if (fate == Fate.STORED) {
                    // It lands even if nobody waits for it any more, as in Kafka.
                    log.add(landed);
                }
                if (ended || generation != lane.generation || (lane.ignoring && lane.rejecting.isEmpty())) {
                    return;
                }
                if (fate == Fate.FAILED) {
                    lane.ignoring = true;
                    lane.rejecting = Optional.empty();
                    send(new ServerFrame.Rewind(landed.lane(), lane.acked + 1, behaviour.rewindAfterMillis()));
                    return;
                }
                lane.pending.put(end, true);
                reorderedCompletions += lane.pending.firstEntry().getValue() ? 0 : 1;
                acknowledge(landed.lane(), lane);
                rejectIfDue(landed.lane(), lane);
            }
        }

        private void acknowledge(Lane number, LaneState lane) {
            long upTo = lane.acked;
            while (!lane.pending.isEmpty() && lane.pending.firstEntry().getValue()) {
                upTo = lane.pending.pollFirstEntry().getKey();
                lane.sizes.remove(upTo);
            }
            if (upTo > lane.acked) {
                lane.acked = upTo;
                highestAcked.merge(number + "/" + store, upTo, Math::max);
                send(new ServerFrame.Ack(number, upTo, Optional.of(new StoredAt(0, log.size()))));
            }
        }

        private void rejectIfDue(Lane number, LaneState lane) {
            if (lane.rejecting.isPresent() && lane.acked + 1 == lane.rejecting.get()) {
                send(new ServerFrame.Reject(number, lane.rejecting.get(), RejectCode.SCHEMA, "not as registered"));
                lane.rejecting = Optional.empty();
            }
        }

        private void checkWindow() {
            int items = 0;
            long bytes = 0;
            for (LaneState lane : lanes.values()) {
                if (!lane.ignoring) {
                    items += lane.pending.size();
                    bytes += lane.sizes.values().stream()
                            .mapToInt(Integer::intValue)
                            .sum();
                }
            }
            Welcome told = welcome.orElseThrow();
            if (items > told.windowItems() || (items > 1 && bytes > told.windowBytes())) {
                breach(items + " items and " + bytes + " bytes in flight, above the window");
            }
        }

        @Override
        public Void onHeartbeat(DeviceFrame.Heartbeat heartbeat) {
            if (heartbeat.token() <= heartbeats) {
                return breach("heartbeat token " + heartbeat.token() + " after " + heartbeats);
            }
            heartbeats = heartbeat.token();
            send(new ServerFrame.HeartbeatAck(
                    heartbeat.token(),
                    unixMillis.getAsLong(),
                    welcome.orElseThrow().reconnectWindowMillis()));
            return null;
        }

        @Override
        public Void onReauthenticate(DeviceFrame.Reauthenticate reauthenticate) {
            if (welcome.isEmpty()) {
                return breach("reauthenticate before welcome");
            }
            long now = unixMillis.getAsLong();
            send(new ServerFrame.Reauthenticated(behaviour.credentialEndsMillis(reauthenticate.credential(), now)));
            return null;
        }

        private Void breach(String what) {
            breaches.add(what);
            close(CloseReason.PROTOCOL_VIOLATION.code(), what);
            return null;
        }
    }

    /** The items that landed on a lane, each number once, in order. */
    public synchronized List<Long> numbers(Lane lane) {
        List<Long> numbers = new ArrayList<>();
        for (Landed landed : log) {
            if (landed.lane() == lane) {
                numbers.add(landed.seq());
            }
        }
        return numbers;
    }
}
