package io.fleetline.simulator.proof;

import io.fleetline.device.Event;
import io.fleetline.device.FleetlineException;
import io.fleetline.device.Receipt;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Publishes for one device: puts the application's own mark, device and counter, into every body, and notes down in the
 * journal what is published and what receipts say. Thread-safe; the order of counters is the order of publishing.
 */
public final class JournalledPublisher {
    private final DeviceId device;
    private final Function<Event, CompletionStage<Receipt>> target;
    private final Journal journal;
    private final LongSupplier nanoTime;
    private final LongConsumer ackNanos;

    private long counter; // guarded by this
    private long open; // guarded by this

    /**
     * @param target what publishes, such as {@code client::publish}
     * @param lastCounter the device's last counter in journals before this one; 0 if there is none
     * @param nanoTime a clock that never goes back
     * @param ackNanos hears how long each receipt took, in ns; called from many threads
     */
    public JournalledPublisher(
            DeviceId device,
            Function<Event, CompletionStage<Receipt>> target,
            Journal journal,
            long lastCounter,
            LongSupplier nanoTime,
            LongConsumer ackNanos) {
        this.device = device;
        this.target = target;
        this.journal = journal;
        this.counter = lastCounter;
        this.nanoTime = nanoTime;
        this.ackNanos = ackNanos;
        journal.began(device, lastCounter);
    }

    /** As {@link #publish(Lane, String, Map)} on the normal lane. */
    public CompletionStage<Receipt> publish(String channel, Map<String, Object> reading) {
        return publish(Lane.NORMAL, channel, reading);
    }

    /**
     * Publishes a reading.
     *
     * @throws FleetlineException as {@link io.fleetline.device.DeviceClient#publish(Event)}
     */
    public synchronized CompletionStage<Receipt> publish(Lane lane, String channel, Map<String, Object> reading) {
        return publish(lane, reading, OptionalLong.empty(), nanoTime.getAsLong(), body -> Event.of(channel, body));
    }

    /**
     * Publishes a reading that was due in a simulator's run.
     *
     * @param run names the run
     * @param dueMicros when it was due, in us since the beginning of the run
     * @param dueNanos the same moment on this publisher's clock; how long the receipt took is counted from it
     * @param event makes the event of its body
     * @throws FleetlineException as {@link io.fleetline.device.DeviceClient#publish(Event)}
     */
    public synchronized CompletionStage<Receipt> publishDue(
            String run,
            long dueMicros,
            long dueNanos,
            Lane lane,
            Map<String, Object> reading,
            Function<Map<String, Object>, Event> event) {
        Map<String, Object> marked = new LinkedHashMap<>();
        marked.put(RecordBytes.RUN, run);
        marked.put(RecordBytes.DUE, dueMicros);
        reading.forEach(marked::putIfAbsent);
        return publish(lane, marked, OptionalLong.of(dueMicros), dueNanos, event);
    }

    private CompletionStage<Receipt> publish(
            Lane lane,
            Map<String, Object> reading,
            OptionalLong dueMicros,
            long beganNanos,
            Function<Map<String, Object>, Event> event) {
        long number = ++counter;
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(RecordBytes.DEVICE, device.toString());
        body.put(RecordBytes.COUNTER, number);
        // The mark stays, whatever names a reading has.
        reading.forEach(body::putIfAbsent);
        if (dueMicros.isPresent()) {
            journal.published(device, number, lane, dueMicros.getAsLong());
        } else {
            journal.published(device, number, lane);
        }
        CompletionStage<Receipt> stage;
        try {
            stage = target.apply(event.apply(body).lane(lane));
        } catch (FleetlineException | IllegalArgumentException e) {
            journal.dropped(device, number);
            throw e;
        }
        open++;
        return stage.whenComplete((receipt, failure) -> {
            if (failure == null) {
                ackNanos.accept(nanoTime.getAsLong() - beganNanos);
                journal.stored(device, number, receipt);
            } else {
                journal.dropped(device, number);
            }
            settled();
        });
    }

    private synchronized void settled() {
        open--;
        notifyAll();
    }

    /**
     * Waits until it is known of everything published how it ended.
     *
     * @return whether it is; false if the time ran out first
     */
    public synchronized boolean awaitQuiet(Duration patience) throws InterruptedException {
        long endNanos = nanoTime.getAsLong() + patience.toNanos();
        while (open > 0) {
            long leftNanos = endNanos - nanoTime.getAsLong();
            if (leftNanos <= 0) {
                return false;
            }
            Duration left = Duration.ofNanos(leftNanos);
            wait(left.toMillis() + 1);
        }
        return true;
    }
}
