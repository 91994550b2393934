package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The stream filter of one device: what {@link StreamFilter} keeps for each of many, to be used alone where something
 * else keeps one state per device, such as a state store of Kafka Streams. The rules are told there.
 *
 * <p>Not thread-safe.
 *
 * @param <R> what the records carry
 */
public final class DeviceFilter<R> {
    /** The version of the stored form. A reader that meets another one stops. */
    static final int STATE_VERSION = 5;

    private final DeviceId id;
    private final FilterLimits limits;

    /** The stream that was met last; each leads to the one before it. Most devices have one or two, and millions may be kept. */
    private @Nullable LaneStream<R> newest;

    /** How many times a stream or a run was met. */
    private int arrivals;

    /** How many of the streams hold something. */
    private int holding;

    /** Whether something was accepted since this was last asked. */
    private boolean changed;

    /** A filter that has seen nothing of this device yet. */
    public DeviceFilter(DeviceId id, FilterLimits limits) {
        this.id = id;
        this.limits = limits;
    }

    /** Whose records it filters. */
    public DeviceId id() {
        return id;
    }

    /** How much it remembers. */
    public FilterLimits limits() {
        return limits;
    }

    /** Whether a record waits for others. */
    public boolean holdsSomething() {
        return holding > 0;
    }

    /**
     * Takes in the device's next record of the partition.
     *
     * @param start where in the partition the reader began; of the device's records, all from there on have to come
     * @param output hears what the record sets free, which may be several records or none
     */
    public void accept(StreamRecord<R> record, FilterStart start, FilterOutput<R> output) {
        RecordPosition position = record.position();
        LaneStream<R> known = find(position.lane(), position.store());
        LaneStream<R> stream = known == null ? meet(record, start) : known;
        boolean held = stream.holds();
        stream.accept(record, output);
        holding += count(stream.holds()) - count(held);
        if (known == null) {
            forgetSuperseded(record.timestampMillis());
        }
    }

    private @Nullable LaneStream<R> find(Lane lane, long store) {
        LaneStream<R> stream = newest;
        while (stream != null && !stream.is(lane, store)) {
            stream = stream.metBefore();
        }
        return stream;
    }

    private LaneStream<R> meet(StreamRecord<R> record, FilterStart start) {
        RecordPosition position = record.position();
        long next = start.isWhole() ? 1 : position.acked() + 1;
        LaneStream<R> stream = new LaneStream<>(
                this, position.lane(), position.store(), nextArrival(), next, joinsUntilMillis(record, start));
        add(stream);
        return stream;
    }

    /** By the reader's grace; at least the first record of a stream is one of a reader that joins. */
    private long joinsUntilMillis(StreamRecord<R> record, FilterStart start) {
        return start.isWhole()
                ? 0
                : start.sinceMillis().orElse(record.timestampMillis())
                        + limits.joinGrace().toMillis();
    }

    private void add(LaneStream<R> stream) {
        stream.metAfter(newest);
        newest = stream;
    }

    /**
     * Forgets what no record can ask for any more: when a store has been over, and silent, for as long as the topic keeps
     * records, no late copy of it can come. What was sent before it was over may still be on its way then, even from a device
     * that had been silent for longer: so this is counted from when it is first seen to be over. Where many stores follow each
     * other and none is heard, those that look over go earlier: all but the last {@link FilterLimits#remembered}, once they
     * were silent for {@link FilterLimits#rememberedFor}. What holds something stays, and so does the latest store of each
     * lane, however long it has been silent. A new stream brings this about by itself; whoever keeps the states of many
     * devices may call it now and then for those that publish nothing new.
     *
     * @param nowMillis the newest record time of the partition, Unix time in ms; a stream goes if it was over, and had no
     *     record since, for more than {@link FilterLimits#supersededRetention}, or is one of too many
     * @return whether the state changed, and is to be stored anew
     */
    public boolean forgetSuperseded(long nowMillis) {
        List<LaneStream<R>> known = streams();
        if (known.size() < 2) {
            return false;
        }
        long newestMillis = nowMillis;
        for (LaneStream<R> each : known) {
            newestMillis = Math.max(newestMillis, each.newestMillis());
        }
        long horizonMillis = newestMillis - limits.supersededRetention().toMillis();
        long crowdedMillis = newestMillis - limits.rememberedFor().toMillis();
        boolean anew = false;
        newest = null;
        for (int i = 0; i < known.size(); i++) {
            LaneStream<R> old = known.get(i);
            boolean waits = old.overMillis() > 0 && old.overMillis() >= horizonMillis;
            boolean over = !waits && !old.holds() && anyLater(old, known, old::isOverBy);
            anew |= over && old.noteOver(newestMillis);
            boolean goes = over && old.overMillis() < horizonMillis;
            if (goes || (old.newestMillis() < crowdedMillis && isOneOfMany(old, known, i))) {
                anew = true;
            } else {
                add(old);
            }
        }
        return anew;
    }

    /** Whether more streams of its lane than are remembered were met after it, and it is likely over. */
    private boolean isOneOfMany(LaneStream<R> stream, List<LaneStream<R>> known, int index) {
        return known.size() - index > limits.remembered()
                && !stream.holds()
                && known.subList(index + 1, known.size()).stream()
                                .filter(other -> other.lane() == stream.lane())
                                .count()
                        >= limits.remembered()
                && anyLater(stream, known, stream::isBefore);
    }

    /** Whether some stream of the same lane is later by this measure; that is mostly one of the newest. */
    private static <R> boolean anyLater(
            LaneStream<R> stream, List<LaneStream<R>> known, Predicate<LaneStream<R>> isLater) {
        for (int i = known.size() - 1; i >= 0; i--) {
            LaneStream<R> other = known.get(i);
            if (other.lane() == stream.lane() && isLater.test(other)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a later store of the device has followed the one of this stream, or is likely to have. */
    boolean isSuperseded(LaneStream<R> stream) {
        return anyLater(stream, streams(), stream::isBefore);
    }

    /** The number of what is met now. */
    int nextArrival() {
        return arrivals++;
    }

    /** A record of this run shows that its store is at work: nothing will complete what earlier stores' streams hold. */
    void retireStoresBefore(LaneStream<R> stream, Run<R> run, long acked, FilterOutput<R> output) {
        if (holding == 0) {
            return;
        }
        for (LaneStream<R> other : streams()) {
            if (other.lane() == stream.lane() && other.holds() && other.isBefore(stream, run, acked)) {
                other.deliverWhatIsHeld(output);
                holding--;
            }
        }
    }

    /** In the order in which they were met. */
    private List<LaneStream<R>> streams() {
        ArrayList<LaneStream<R>> streams = new ArrayList<>();
        for (LaneStream<R> stream = newest; stream != null; stream = stream.metBefore()) {
            streams.add(stream);
        }
        Collections.reverse(streams);
        return streams;
    }

    /** Notes that something is to be accepted. True if that is the first time since {@link #settle}. */
    boolean touch() {
        boolean first = !changed;
        changed = true;
        return first;
    }

    /** The state is about to be stored. */
    void settle() {
        changed = false;
    }

    private static int count(boolean one) {
        return one ? 1 : 0;
    }

    /** The whole state, held records included. */
    public byte[] encode(HeldRecordCodec<R> codec) {
        StateWriter state = new StateWriter();
        state.octet(STATE_VERSION);
        state.number(arrivals);
        List<LaneStream<R>> streams = streams();
        state.number(streams.size());
        streams.forEach(stream -> stream.writeTo(state, codec));
        return state.toByteArray();
    }

    /**
     * A filter in the state that was encoded, which goes on as if there had been no break.
     *
     * @param limits may differ from what they were
     * @throws FilterStateException if the state cannot be read, or has another version
     */
    public static <R> DeviceFilter<R> decode(
            DeviceId id, FilterLimits limits, byte[] encoded, HeldRecordCodec<R> codec) {
        StateReader state = new StateReader(encoded);
        int version = state.octet();
        if (version != STATE_VERSION) {
            throw new FilterStateException(
                    "the filter's state of " + id + " has version " + version + "; this is version " + STATE_VERSION);
        }
        DeviceFilter<R> filter = new DeviceFilter<>(id, limits);
        filter.arrivals = (int) state.number();
        try {
            for (int left = state.count(); left > 0; left--) {
                filter.add(LaneStream.readFrom(state, codec, filter));
            }
        } catch (IllegalArgumentException e) {
            throw new FilterStateException("the filter's state of " + id + " cannot be read", e);
        }
        state.end();
        filter.streams().forEach(stream -> filter.holding += count(stream.holds()));
        return filter;
    }
}
