package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns the records of one partition of an events topic, in which an event may stand more than once and out of order,
 * into every event once, in the order of its lane.
 *
 * <p><b>Why this is possible.</b> A device numbers what it publishes: 1, 2, 3 … for each lane of a <em>store</em>, which
 * is one life of its outbox. It sends again what was not acknowledged, and never goes on past a number before all
 * below it are acknowledged or on their way. So the topic holds every number at least once, and the filter only has to
 * put them in order, for each <em>stream</em> (device, lane, store) by itself:
 *
 * <ol>
 *   <li><b>Order.</b> The next number is delivered, lower ones are copies, higher ones are <em>held</em>: after a
 *       failed batch, the log can read 7, 9, 8. A gap, by which the device says that it dropped numbers, counts as all
 *       of them; where an event of one of them is there nevertheless, the event counts.
 *   <li><b>Runs.</b> A device that starts again with less on its disk than it had sent uses numbers twice, for
 *       different events. Each start is therefore a <em>run</em> of its own, and a later run owns every number from its
 *       first one on, as a later leader's epoch does in Kafka's own log (KIP-101). A run <em>takes over</em> when
 *       nothing that is held comes first and what came before it is known to be right: acknowledged, or accepted from
 *       the very run that the record names as the one before it. What then still comes of earlier runs is dropped. A run
 *       that looks earlier and is not known waits <em>aside</em>: it may be a late copy, or the restored image of a
 *       store, and only its acknowledgements can tell.
 *   <li><b>Loss.</b> Every record says up to where its lane was acknowledged. If that is above what was
 *       delivered and is not held either, then acknowledged records are missing from the topic: {@link Alarm.Lost} names
 *       them, and nothing else, and the stream goes on behind them.
 *   <li><b>Joining.</b> A reader that did not begin at the first record ever written starts each stream behind what was
 *       acknowledged, and for a while calls nothing lost that may lie before its start ({@link FilterStart}).
 *   <li><b>Stores.</b> A wiped device begins a new store, at number 1. Once that has an acknowledged record, what is
 *       held of earlier stores waits in vain and is delivered, in order; but a store in memory does not end one on a
 *       disk, to which the device will come back. A reader that joins believes that a store is over only when it has seen
 *       another one begin.
 *   <li><b>Limits.</b> {@link FilterLimits} bounds what is remembered. Where something is dropped for that, or copies
 *       of one store are in use, or one number has two events, or an event comes after its run was passed by, an
 *       {@link Alarm} says so: never silence.
 * </ol>
 *
 * <p><b>What it asks of the reader.</b> All records of the partition, in their order, from where it began; and that the
 * state is stored together with the offset that it belongs to, since it holds records that were read and not yet
 * delivered. {@link #takeChanges} gives the state of those devices that changed, {@link #restore} takes it back; a filter
 * that goes on from there delivers what the first one would have.
 *
 * <p>It decides only by what the records say: there is no clock, no thread and no I/O in it. Not thread-safe. Copies
 * and next records, which are nearly all there are, cost one lookup of the device and allocate nothing.
 *
 * @param <R> what the records carry, which the filter passes on untouched
 */
public final class StreamFilter<R> {
    private final FilterLimits limits;
    private final HeldRecordCodec<R> codec;
    private final CountingOutput<R> output;
    private final Map<DeviceId, DeviceFilter<R>> devices = new HashMap<>();
    private final ArrayList<DeviceFilter<R>> changed = new ArrayList<>();
    private FilterStart start;

    /**
     * A filter for one partition.
     *
     * @param start where in the partition the reader begins
     * @param limits how much to remember
     * @param codec how held records are stored
     * @param output hears what comes out
     */
    public StreamFilter(FilterStart start, FilterLimits limits, HeldRecordCodec<R> codec, FilterOutput<R> output) {
        this.start = start;
        this.limits = limits;
        this.codec = codec;
        this.output = new CountingOutput<>(output);
    }

    /** Takes in the partition's next record, and tells the output what it sets free. */
    public void accept(DeviceId device, StreamRecord<R> record) {
        start = start.settledBy(record.timestampMillis());
        DeviceFilter<R> filter = devices.get(device);
        if (filter == null) {
            filter = new DeviceFilter<>(device, limits);
            devices.put(device, filter);
        }
        if (filter.touch()) {
            changed.add(filter);
        }
        output.accepted();
        filter.accept(record, start, output);
    }

    /** Where the reader began, once known: to be stored with the state, since the grace for joining is counted from it. */
    public FilterStart start() {
        return start;
    }

    /** The states of the devices of which records were accepted since the last call, and since the filter was made. */
    public List<DeviceState> takeChanges() {
        List<DeviceState> states = states(changed);
        changed.forEach(DeviceFilter::settle);
        changed.clear();
        return states;
    }

    /** The states of all devices. */
    public List<DeviceState> states() {
        return states(devices.values());
    }

    private List<DeviceState> states(Collection<DeviceFilter<R>> filters) {
        List<DeviceState> states = new ArrayList<>(filters.size());
        for (DeviceFilter<R> filter : filters) {
            states.add(new DeviceState(filter.id(), filter.encode(codec)));
        }
        return states;
    }

    /**
     * Puts a device into the state that was stored.
     *
     * @throws FilterStateException if it cannot be read
     */
    public void restore(DeviceState state) {
        DeviceFilter<R> filter = DeviceFilter.decode(state.device(), limits, state.bytes(), codec);
        devices.put(state.device(), filter);
    }

    /** How many devices it has met. */
    public int devices() {
        return devices.size();
    }

    /** What it did so far. */
    public FilterCounts counts() {
        return output.counts();
    }
}
