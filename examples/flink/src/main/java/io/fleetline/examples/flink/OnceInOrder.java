package io.fleetline.examples.flink;

import io.fleetline.backend.StreamRecordReader;
import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.DeviceFilter;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterOutput;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.HeldRecordCodec;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Lets each event through once and in order, as {@code device body-as-JSON}. What the filter knows of a device, held records
 * included, is the state of its key: Flink's checkpoints keep it together with the source's offsets.
 */
final class OnceInOrder extends KeyedProcessFunction<String, Tuple2<String, byte[]>, String> {
    private static final long serialVersionUID = 1L;

    /** What the filter found wrong. */
    static final OutputTag<String> ALARMS = new OutputTag<>("alarms", Types.STRING);

    /** For a topic that keeps records for 7 days at most; one that keeps them longer needs withSupersededRetention. */
    private static final FilterLimits LIMITS = FilterLimits.DEFAULT;

    private final @Nullable Long joinedAtMillis;

    @SuppressWarnings("NullAway.Init") // by open
    private transient ValueState<byte[]> states;

    @SuppressWarnings("NullAway.Init") // by open
    private transient StreamRecordReader reader;

    private OnceInOrder(@Nullable Long joinedAtMillis) {
        this.joinedAtMillis = joinedAtMillis;
    }

    /** For a job that begins with a topic from which nothing was deleted yet. */
    static OnceInOrder fromTheBeginning() {
        return new OnceInOrder(null);
    }

    /** For a job that begins in the middle, at records of this time. */
    static OnceInOrder joining(Instant recordTime) {
        return new OnceInOrder(recordTime.toEpochMilli());
    }

    @Override
    public void open(OpenContext context) {
        states = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("filter", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        reader = new StreamRecordReader();
    }

    @Override
    public void processElement(Tuple2<String, byte[]> element, Context context, Collector<String> out)
            throws Exception {
        ConsumerRecord<byte[], byte[]> kafka = EventsByDevice.codec("", 0).decode(element.f1);
        Optional<StreamRecord<byte[]>> record;
        DeviceId device;
        try {
            record = reader.read(kafka.headers(), kafka.value(), kafka.timestamp(), element.f1);
            device = reader.device(kafka.key());
        } catch (RecordHeaderException e) {
            if (e.kind() == RecordHeaderException.Kind.UNKNOWN_VERSION) {
                throw e;
            }
            context.output(ALARMS, "a record of " + element.f0 + " is unreadable: " + e.getMessage());
            return;
        }
        if (record.isEmpty()) {
            return; // a stranger's
        }
        byte[] state = states.value();
        DeviceFilter<byte[]> filter = state == null
                ? new DeviceFilter<>(device, LIMITS)
                : DeviceFilter.decode(device, LIMITS, state, Bytes.CODEC);
        FilterStart start = joinedAtMillis == null ? FilterStart.whole() : FilterStart.after(joinedAtMillis);
        filter.accept(record.get(), start, new Output(context, out));
        states.update(filter.encode(Bytes.CODEC));
    }

    private static final class Output implements FilterOutput<byte[]> {
        private final KeyedProcessFunction<String, Tuple2<String, byte[]>, String>.Context context;
        private final Collector<String> out;

        Output(KeyedProcessFunction<String, Tuple2<String, byte[]>, String>.Context context, Collector<String> out) {
            this.context = context;
            this.out = out;
        }

        @Override
        public void event(DeviceId device, StreamRecord<byte[]> record) {
            byte[] body = EventsByDevice.codec("", 0).decode(record.payload()).value();
            out.collect(device + " " + BodyCodec.toJson(Payload.wrap(body)));
        }

        @Override
        public void gap(DeviceId device, StreamRecord<byte[]> record, long from, long to) {
            // The device itself dropped these numbers; this job has no use for that.
        }

        @Override
        public void alarm(Alarm alarm) {
            context.output(ALARMS, alarm.message());
        }
    }

    private enum Bytes implements HeldRecordCodec<byte[]> {
        CODEC;

        @Override
        public byte[] encode(byte[] record) {
            return record;
        }

        @Override
        public byte[] decode(byte[] record) {
            return record;
        }
    }
}
