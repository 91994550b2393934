package io.fleetline.examples.hostsensor;

import io.fleetline.device.ClientClosedException;
import io.fleetline.device.Command;
import io.fleetline.device.CommandOption;
import io.fleetline.device.CommandResult;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.FleetlineException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Publishes what a machine measures of itself, every second unless told otherwise, and answers four commands:
 *
 * <ul>
 *   <li>{@code read-now} answers with a reading made at once;
 *   <li>{@code set-interval} with {@code {"seconds": 5}} changes how often it publishes, from 0.1 s to an hour;
 *   <li>{@code set-led} with {@code {"on": true}} switches a light, where the machine has one and lets us;
 *   <li>{@code identify} answers with what machine this is.
 * </ul>
 *
 * <pre>{@code
 * HostSensor sensor = new HostSensor(Host.here(), System::nanoTime);
 * DeviceClient client = sensor.answering(DeviceClient.builder().endpoint(...)...).build().start();
 * sensor.start(client::publish);
 * }</pre>
 */
public final class HostSensor implements AutoCloseable {
    /** How often it publishes unless told otherwise. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

    static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

    private final Host host;
    private final LongSupplier nanoTime;
    private final LongAdder published = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private volatile Optional<Thread> thread = Optional.empty();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long intervalNanos = DEFAULT_INTERVAL.toNanos(); // guarded by lock
    private boolean closed; // guarded by lock

    /**
     * @param host what is measured
     * @param nanoTime a clock that never goes back, such as {@code System::nanoTime}
     */
    public HostSensor(Host host, LongSupplier nanoTime) {
        this.host = host;
        this.nanoTime = nanoTime;
    }

    /** Adds the commands that it answers to a client that is being built. */
    public DeviceClientBuilder answering(DeviceClientBuilder builder) {
        return builder.onCommand("read-now", this::readNow, CommandOption.IDEMPOTENT)
                .onCommand("set-interval", this::setInterval, CommandOption.IDEMPOTENT)
                .onCommand("set-led", this::setLed, CommandOption.IDEMPOTENT)
                .onCommand("identify", this::identify, CommandOption.IDEMPOTENT);
    }

    /** Begins to publish, on a thread of its own, until it is closed. */
    public HostSensor start(Publisher publisher) {
        Thread begun = new Thread(() -> run(publisher), "host-sensor");
        begun.setDaemon(true);
        begun.start();
        thread = Optional.of(begun);
        return this;
    }

    /** How many readings were published. */
    public long published() {
        return published.sum();
    }

    /** How many of them are stored. */
    public long stored() {
        return stored.sum();
    }

    /** How many the outbox had no room for. */
    public long refused() {
        return refused.sum();
    }

    private void run(Publisher publisher) {
        long beganNanos;
        do {
            beganNanos = nanoTime.getAsLong();
        } while (publishReadings(publisher) && waitForTurn(beganNanos));
    }

    /** Publishes a reading on each channel; false once the client is closed. */
    boolean publishReadings(Publisher publisher) {
        for (Map.Entry<String, Map<String, Object>> reading :
                host.read(nanoTime.getAsLong()).entrySet()) {
            try {
                var unused = publisher
                        .publish(reading.getKey(), reading.getValue())
                        .thenAccept(receipt -> stored.increment());
                published.increment();
            } catch (ClientClosedException e) {
                return false;
            } catch (FleetlineException e) {
                // No room in the outbox: the next reading is worth more than this one, so there is nothing to retry.
                refused.increment();
            }
        }
        return true;
    }

    CommandResult readNow(Command command) {
        return CommandResult.done(host.read(nanoTime.getAsLong()));
    }

    CommandResult setInterval(Command command) {
        Object asked = command.body().value().orElse(null) instanceof Map<?, ?> map ? map.get("seconds") : null;
        if (!(asked instanceof Number number)) {
            return CommandResult.failed("set-interval takes {\"seconds\": number}");
        }
        double seconds = number.doubleValue();
        // Written so that NaN is refused too.
        if (!(seconds >= SHORTEST_INTERVAL.toMillis() / 1e3 && seconds <= LONGEST_INTERVAL.toSeconds())) {
            return CommandResult.failed("seconds is " + number + ", not within " + SHORTEST_INTERVAL.toMillis() / 1e3
                    + " to " + LONGEST_INTERVAL.toSeconds());
        }
        long before;
        lock.lock();
        try {
            before = intervalNanos;
            intervalNanos = Math.round(seconds * 1e9);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return CommandResult.done(Map.of("seconds", seconds, "secondsBefore", before / 1e9));
    }

    CommandResult setLed(Command command) {
        return host.leds().set(command.body().value().orElse(Map.of()));
    }

    CommandResult identify(Command command) {
        return CommandResult.done(host.identity());
    }

    /** Ends publishing: when this returns, nothing more is published. The client is the caller's to close. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (thread.isPresent() && thread.get() != Thread.currentThread()) {
                thread.get().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until one interval, as it is by then, after that moment; false once this is closed. */
    private boolean waitForTurn(long sinceNanos) {
        lock.lock();
        try {
            while (!closed) {
                long leftNanos = sinceNanos + intervalNanos - nanoTime.getAsLong();
                if (leftNanos <= 0) {
                    return true;
                }
                var unused = changed.awaitNanos(leftNanos);
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
