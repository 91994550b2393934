package io.fleetline.system.delivery;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.DeviceFilter;
import io.fleetline.backend.filter.DeviceState;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterOutput;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.HeldRecordCodec;
import io.fleetline.backend.filter.IgnoreReason;
import io.fleetline.backend.filter.StreamFilter;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.DeviceId;
import io.fleetline.system.delivery.ModelKafka.Landed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the partition through the real filter, and notes what comes out. */
final class Reader implements FilterOutput<Integer> {
    private final List<Landed> log;
    private final FilterLimits limits;
    private StreamFilter<Integer> filter;
    private final List<Landed> accepted = new ArrayList<>();
    private final List<Alarm> alarms = new ArrayList<>();
    /** Events by their offsets; of gaps the two ends, negative. */
    private final List<Long> output = new ArrayList<>();

    private final Set<Integer> ignored = new HashSet<>();
    /** What was held whenever its state was asked for. */
    private final Set<Integer> held = new HashSet<>();

    private long repeated;

    /** @param log what held records are found in again */
    Reader(List<Landed> log, FilterStart start, FilterLimits limits) {
        this.log = log;
        this.limits = limits;
        this.filter = new StreamFilter<>(start, limits, codec(), this);
    }

    private HeldRecordCodec<Integer> codec() {
        return new HeldRecordCodec<>() {
            @Override
            public byte[] encode(Integer payload) {
                held.add(payload);
                return ByteBuffer.allocate(Integer.BYTES).putInt(payload).array();
            }

            @Override
            public Integer decode(byte[] bytes) {
                return ByteBuffer.wrap(bytes).getInt();
            }
        };
    }

    Reader read(List<Landed> records) {
        for (int i = 0; i < records.size(); i++) {
            read(records.get(i));
        }
        return this;
    }

    void read(Landed record) {
        filter.accept(Network.DEVICE, record.read());
    }

    /** Goes on with a new filter that knows only what the old one stored. */
    void restart() {
        List<DeviceState> stored = filter.states();
        filter = new StreamFilter<>(filter.start(), limits, codec(), this);
        stored.forEach(filter::restore);
    }

    /**
     * As the exact stage does now and then, at the newest record time.
     *
     * @return of how many devices something was forgotten
     */
    int forgetSuperseded(long nowMillis) {
        List<DeviceState> stored = filter.states();
        int forgotten = 0;
        for (DeviceState each : stored) {
            DeviceFilter<Integer> device = DeviceFilter.decode(each.device(), limits, each.bytes(), codec());
            if (device.forgetSuperseded(nowMillis)) {
                byte[] left = device.encode(codec());
                forgotten += left.length < each.bytes().length ? 1 : 0; // what is only noted makes it longer
                filter.restore(new DeviceState(each.device(), left));
            }
        }
        return forgotten;
    }

    List<Landed> accepted() {
        return accepted;
    }

    List<Alarm> alarms() {
        return alarms;
    }

    List<Long> output() {
        return output;
    }

    long repeated() {
        return repeated;
    }

    /** The offset of an event that this reader was given, did not accept, and was not told of either; none if all is well. */
    Optional<Landed> vanished(List<Landed> given) {
        held.clear();
        filter.states();
        Set<Integer> met = new HashSet<>(ignored);
        met.addAll(held);
        accepted.forEach(each -> met.add(each.offset()));
        return given.stream()
                .filter(each -> !each.read().isGap() && !met.contains(each.offset()))
                .findFirst();
    }

    List<byte[]> states() {
        return filter.states().stream().map(DeviceState::bytes).toList();
    }

    @Override
    public void event(DeviceId device, StreamRecord<Integer> record) {
        accepted.add(log.get(record.payload()));
        output.add(record.payload().longValue());
    }

    @Override
    public void gap(DeviceId device, StreamRecord<Integer> record, long from, long to) {
        output.add(-from);
        output.add(-to);
    }

    @Override
    public void alarm(Alarm alarm) {
        alarms.add(alarm);
    }

    @Override
    public void ignored(DeviceId device, StreamRecord<Integer> record, IgnoreReason reason) {
        repeated++;
        ignored.add(record.payload());
    }
}
