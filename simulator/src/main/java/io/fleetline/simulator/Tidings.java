package io.fleetline.simulator;

import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Percentiles;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a process that plays a share has to tell of the time since it was asked before.
 *
 * @param connected how many of its devices are connected now
 * @param due events that were due
 * @param receipts events with a receipt
 * @param dropped events that devices gave up or found no room for
 * @param failures connections and attempts that ended
 * @param ack from when an event was due to its receipt, for each group, as {@link Latencies#lastLook} has it
 * @param handler from when a command was due to the call of its handler
 * @param connect from a device's arrival to its first welcome
 * @param lag how much later than due it did things
 * @param wakeUps how late a thread of it was woken
 * @param own what it took
 */
record Tidings(
        long connected,
        long due,
        long receipts,
        long dropped,
        long failures,
        Map<String, ByteBuffer> ack,
        ByteBuffer handler,
        ByteBuffer connect,
        ByteBuffer lag,
        ByteBuffer wakeUps,
        OwnLoad.Look own) {
    /** Adds what its devices did to what all did; how many are connected is the caller's to add. */
    void addTo(FleetMeters meters) {
        meters.due.add(due);
        meters.receipts.add(receipts);
        meters.dropped.add(dropped);
        meters.failures.add(failures);
        ack.forEach((group, look) -> {
            meters.ackOf(group).add(look);
            meters.ack.add(look);
        });
        meters.handler.add(handler);
        meters.connect.add(connect);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(connected);
        out.writeLong(due);
        out.writeLong(receipts);
        out.writeLong(dropped);
        out.writeLong(failures);
        out.writeInt(ack.size());
        for (Map.Entry<String, ByteBuffer> group : ack.entrySet()) {
            out.writeUTF(group.getKey());
            bytes(out, group.getValue());
        }
        bytes(out, handler);
        bytes(out, connect);
        bytes(out, lag);
        bytes(out, wakeUps);
        out.writeDouble(own.cores());
        out.writeDouble(own.machine());
        out.writeLong(own.heapBytes());
        out.writeDouble(own.collecting());
        out.writeUTF(own.busiestThread());
        out.writeDouble(own.busiestCores());
    }

    static Tidings read(DataInputStream in) throws IOException {
        long connected = in.readLong();
        long due = in.readLong();
        long receipts = in.readLong();
        long dropped = in.readLong();
        long failures = in.readLong();
        Map<String, ByteBuffer> ack = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            ack.put(in.readUTF(), bytes(in));
        }
        return new Tidings(
                connected,
                due,
                receipts,
                dropped,
                failures,
                ack,
                bytes(in),
                bytes(in),
                bytes(in),
                bytes(in),
                new OwnLoad.Look(
                        in.readDouble(),
                        in.readDouble(),
                        in.readLong(),
                        in.readDouble(),
                        in.readUTF(),
                        in.readDouble(),
                        Percentiles.NONE));
    }

    private static void bytes(DataOutputStream out, ByteBuffer look) throws IOException {
        byte[] bytes = new byte[look.remaining()];
        look.duplicate().get(bytes);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static ByteBuffer bytes(DataInputStream in) throws IOException {
        return ByteBuffer.wrap(in.readNBytes(in.readInt()));
    }
}
