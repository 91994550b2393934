package io.fleetline.examples.flink;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Prints each event once and in order, and what is wrong beside it. Argument: Kafka's bootstrap servers. */
public final class EventsJob {
    private static final long CHECKPOINT_MILLIS = 10_000;

    private EventsJob() {}

    /** Runs until the job is cancelled. */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.enableCheckpointing(CHECKPOINT_MILLIS);
        SingleOutputStreamOperator<String> events = environment
                .fromSource(EventsByDevice.source(args[0]).build(), WatermarkStrategy.noWatermarks(), "events")
                .keyBy(record -> record.f0)
                .process(OnceInOrder.fromTheBeginning());
        events.print();
        events.getSideOutput(OnceInOrder.ALARMS).print();
        var unused = environment.execute("fleetline events");
    }
}
