package io.fleetline.bench.filter;

import io.fleetline.backend.StreamRecordReader;
import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterOutput;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.HeldRecordCodec;
import io.fleetline.backend.filter.StreamFilter;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.bench.bodies.Bodies;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A partition's records through a fresh filter: of 500 devices, 100 events each, in turn. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FilterJmh {
    static final int DEVICES = 500;
    static final int EVENTS = 100;
    static final int RECORDS = DEVICES * EVENTS;
    private static final long SEED = 7;
    private static final long TIME_MILLIS = 1_700_000_000_000L;

    /** How the log reads. */
    public enum Order {
        /** Each record is the next one. */
        NEXT,
        /** Each event is there twice. */
        REPEATED,
        /** Of each two, the second comes first, and waits. */
        SWAPPED
    }

    /** One of {@link Order}. */
    @Param("NEXT")
    public String order = "";

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Raw(byte[] key, byte[] value, Headers headers, DeviceId device, StreamRecord<Object> read) {}

    private List<Raw> log = List.of();

    /** For JMH. */
    public FilterJmh() {}

    /** Writes the log, the same in each run. */
    @Setup
    public void write() throws RecordHeaderException {
        log = log(Order.valueOf(order));
    }

    private static List<Raw> log(Order order) throws RecordHeaderException {
        Random random = new Random(SEED);
        StreamRecordReader reader = new StreamRecordReader();
        List<Raw> log = new ArrayList<>(RECORDS);
        int events = order == Order.REPEATED ? EVENTS / 2 : EVENTS;
        for (long seq = 1; seq <= events; seq++) {
            for (int d = 0; d < DEVICES; d++) {
                Raw record = record(reader, d, seq, Bodies.MAPS.write(random));
                log.add(record);
                if (order == Order.REPEATED) {
                    log.add(record);
                }
            }
        }
        if (order == Order.SWAPPED) {
            for (int i = 0; i + 2 * DEVICES <= log.size(); i += 2 * DEVICES) {
                for (int d = i; d < i + DEVICES; d++) {
                    Collections.swap(log, d, d + DEVICES);
                }
            }
        }
        return log;
    }

    private static Raw record(StreamRecordReader reader, int device, long seq, byte[] body)
            throws RecordHeaderException {
        RecordPosition position = new RecordPosition(
                Lane.NORMAL,
                device,
                device,
                TIME_MILLIS / 1_000,
                1,
                seq,
                Math.max(0, seq - 3),
                TIME_MILLIS + seq,
                ClockQuality.SERVER_SYNCHRONISED,
                OptionalLong.empty());
        Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders()
                .add(RecordHeaders.POSITION, RecordHeaderCodec.encode(position))
                .add(RecordHeaders.CHANNEL, "plant/temperature".getBytes(StandardCharsets.UTF_8));
        byte[] key = ("acme/device-" + device).getBytes(StandardCharsets.UTF_8);
        return new Raw(
                key,
                body,
                headers,
                reader.device(key),
                reader.read(headers, body, TIME_MILLIS + seq, new Object()).orElseThrow());
    }

    /** The filter alone, on records that are read already. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public StreamFilter<Object> filter() {
        StreamFilter<Object> filter = fresh();
        for (Raw record : log) {
            filter.accept(record.device(), record.read());
        }
        return filter;
    }

    /** As a reader does it: the headers decoded, the body's fingerprint taken, then the filter. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public StreamFilter<Object> reading() throws RecordHeaderException {
        StreamFilter<Object> filter = fresh();
        StreamRecordReader reader = new StreamRecordReader();
        for (Raw record : log) {
            filter.accept(
                    reader.device(record.key()),
                    reader.read(record.headers(), record.value(), TIME_MILLIS, (Object) record)
                            .orElseThrow());
        }
        return filter;
    }

    static StreamFilter<Object> fresh() {
        return new StreamFilter<>(FilterStart.whole(), FilterLimits.DEFAULT, new OneByte(), new Nobody());
    }

    /** A filter that has met this many devices, each with one stream at work. */
    static StreamFilter<Object> met(int devices) throws RecordHeaderException {
        StreamFilter<Object> filter = fresh();
        StreamRecordReader reader = new StreamRecordReader();
        for (int d = 0; d < devices; d++) {
            // More than the fingerprints that are kept.
            for (long seq = 1; seq <= FilterLimits.DEFAULT.fingerprints() + 4L; seq++) {
                Raw record = record(reader, d, seq, new byte[] {0});
                filter.accept(record.device(), record.read());
            }
        }
        return filter;
    }

    private static final class OneByte implements HeldRecordCodec<Object> {
        @Override
        public byte[] encode(Object payload) {
            return new byte[1];
        }

        @Override
        public Object decode(byte[] bytes) {
            return bytes;
        }
    }

    private static final class Nobody implements FilterOutput<Object> {
        @Override
        public void event(DeviceId device, StreamRecord<Object> record) {
            // Nobody reads.
        }

        @Override
        public void gap(DeviceId device, StreamRecord<Object> record, long from, long to) {
            throw new IllegalStateException("there are no gaps in this log");
        }

        @Override
        public void alarm(Alarm alarm) {
            throw new IllegalStateException(alarm.message());
        }
    }
}
