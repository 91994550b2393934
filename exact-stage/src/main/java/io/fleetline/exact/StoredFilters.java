package io.fleetline.exact;

import io.fleetline.backend.filter.DeviceFilter;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.FilterStateException;
import io.fleetline.backend.filter.HeldRecordCodec;
import io.fleetline.protocol.DeviceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What the filter knows of each device of a partition, in a state store; the devices met last are at hand decoded. Under
 * the empty key, which no device has, stands where the stage began in the partition.
 */
final class StoredFilters {
    private static final int AT_HAND = 10_000;
    private static final Bytes START = Bytes.wrap(new byte[0]);
    private static final byte WHOLE = 1;
    private static final byte JOINED = 2;
    private static final int START_BYTES = 1 + Long.BYTES;

    private final KeyValueStore<Bytes, byte[]> store;
    private final FilterLimits limits;
    private final Map<DeviceId, DeviceFilter<SourceRecord>> atHand = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<DeviceId, DeviceFilter<SourceRecord>> eldest) {
            return size() > AT_HAND;
        }
    };

    private Optional<Bytes> cleanedUpTo = Optional.empty();

    StoredFilters(KeyValueStore<Bytes, byte[]> store, FilterLimits limits) {
        this.store = store;
        this.limits = limits;
    }

    /** Where the stage began in this partition, if it has begun. */
    Optional<FilterStart> start() {
        byte[] bytes = store.get(START);
        if (bytes == null) {
            return Optional.empty();
        }
        if (bytes.length != START_BYTES) {
            throw new FilterStateException("the start of the partition takes " + bytes.length + " bytes, not "
                    + START_BYTES + ": another version wrote it");
        }
        ByteBuffer start = ByteBuffer.wrap(bytes);
        return Optional.of(start.get() == WHOLE ? FilterStart.whole() : FilterStart.after(start.getLong()));
    }

    void begin(FilterStart start) {
        store.put(
                START,
                ByteBuffer.allocate(START_BYTES)
                        .put(start.isWhole() ? WHOLE : JOINED)
                        .putLong(start.sinceMillis().orElse(0))
                        .array());
    }

    DeviceFilter<SourceRecord> of(DeviceId device) {
        DeviceFilter<SourceRecord> known = atHand.get(device);
        if (known != null) {
            return known;
        }
        byte[] stored = store.get(key(device));
        DeviceFilter<SourceRecord> filter = stored == null
                ? new DeviceFilter<>(device, limits)
                : DeviceFilter.decode(device, limits, stored, Offsets.CODEC);
        atHand.put(device, filter);
        return filter;
    }

    void store(DeviceFilter<SourceRecord> filter) {
        store.put(key(filter.id()), filter.encode(Offsets.CODEC));
    }

    /**
     * Looks at the next devices, in the order of their keys, for what no record can ask for any more; goes round and round.
     *
     * @param nowMillis the newest record time of the partition
     * @param most at how many devices to look
     * @return of how many devices something was forgotten, or noted down to be forgotten later
     */
    int clean(long nowMillis, int most) {
        List<DeviceFilter<SourceRecord>> cleaned = new ArrayList<>();
        int looked = 0;
        Bytes last = cleanedUpTo.orElse(START);
        try (KeyValueIterator<Bytes, byte[]> devices = store.range(last, null)) {
            while (devices.hasNext() && looked < most) {
                KeyValue<Bytes, byte[]> each = devices.next();
                looked++;
                last = each.key;
                if (!each.key.equals(START)) {
                    DeviceFilter<SourceRecord> filter =
                            of(DeviceId.parse(new String(each.key.get(), StandardCharsets.UTF_8)));
                    if (filter.forgetSuperseded(nowMillis)) {
                        cleaned.add(filter);
                    }
                }
            }
            cleanedUpTo = devices.hasNext() ? Optional.of(last) : Optional.empty();
        }
        cleaned.forEach(this::store);
        return cleaned.size();
    }

    private static Bytes key(DeviceId device) {
        return Bytes.wrap(device.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Of a held record, a device's state has the offset only. */
    private enum Offsets implements HeldRecordCodec<SourceRecord> {
        CODEC;

        @Override
        public byte[] encode(SourceRecord record) {
            return ByteBuffer.allocate(Long.BYTES).putLong(record.offset()).array();
        }

        @Override
        public SourceRecord decode(byte[] bytes) {
            if (bytes.length != Long.BYTES) {
                throw new FilterStateException("a held record's offset takes " + bytes.length + " bytes");
            }
            return SourceRecord.held(ByteBuffer.wrap(bytes).getLong());
        }
    }
}
