package io.fleetline.simulator;

import io.fleetline.device.ClientClosedException;
import io.fleetline.device.Command;
import io.fleetline.device.CommandResult;
import io.fleetline.device.ConnectionState;
import io.fleetline.device.ConnectionStatus;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.Event;
import io.fleetline.device.FleetlineException;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.payload.Readings;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalledPublisher;
import io.fleetline.simulator.scenario.Group;
import io.fleetline.simulator.schedule.LoadCurve;
import io.fleetline.simulator.schedule.Ticks;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device of a fleet: a client of the SDK, what it publishes when, and how it answers. Its schedules are played by the pacer's
 * thread; all else comes from the SDK's threads.
 */
final class SimulatedDevice {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedDevice.class);

    private final DeviceId id;
    private final Group group;
    private final FleetClock clock;
    private final FleetMeters meters;
    private final Journal journal;
    private final DeviceClient client;
    private final JournalledPublisher publisher;
    private final Random commandChance; // guarded by itself

    private boolean started; // for who schedules it
    private volatile long arrivalNanos;
    private boolean wasConnected; // guarded by this
    private boolean isConnected; // guarded by this

    /**
     * A device that does nothing yet.
     *
     * @param builder with all that devices have in common
     * @param lastCounter up to where it has counted its events before, in the same run
     * @param random from which all that it does by chance follows
     */
    SimulatedDevice(
            DeviceId id,
            Group group,
            DeviceClientBuilder builder,
            FleetClock clock,
            FleetMeters meters,
            Journal journal,
            long lastCounter,
            Random random) {
        this.id = id;
        this.group = group;
        this.clock = clock;
        this.meters = meters;
        this.journal = journal;
        this.commandChance = new Random(random.nextLong());
        builder.identity(id).onConnectionChange(this::connectionChanged);
        for (Group.Handler handler : group.handlers()) {
            builder.onCommandAsync(handler.name(), command -> answer(handler, command));
        }
        this.client = builder.build();
        journal.keeps(id, group.outbox().mode());
        Latencies groupAck = meters.ackOf(group.name());
        this.publisher = new JournalledPublisher(id, client::publish, journal, lastCounter, clock.nanoTime(), nanos -> {
            meters.ack.record(nanos);
            groupAck.record(nanos);
            meters.receipts.increment();
        });
    }

    /** Starts it at once, if it has not been: it has arrived before, and only its process is new. */
    void startAgain() {
        if (!started) {
            started = true;
            synchronized (this) {
                wasConnected = true;
            }
            client.start();
        }
    }

    /**
     * Has it connect at a moment of the run, if it has not been started, and publish from then on.
     *
     * @param fromNanos what was due before is left out: its process was not there
     */
    void schedule(Pacer pacer, LoadCurve load, long atNanos, long fromNanos, Random random) {
        if (!started) {
            started = true;
            pacer.add(atNanos, dueNanos -> {
                arrivalNanos = dueNanos;
                client.start();
                return Pacer.NEVER;
            });
        }
        long beganNanos = load.scheduleNanos(atNanos);
        for (Group.Publication publication : group.publications()) {
            Random chance = new Random(random.nextLong());
            Ticks ticks = publication.schedule().begin(chance);
            Readings readings = publication.payload().begin(chance);
            long firstNanos = load.runNanos(beganNanos + ticks.nextNanos());
            while (firstNanos < fromNanos) {
                firstNanos = load.runNanos(beganNanos + ticks.nextNanos());
            }
            pacer.add(firstNanos, dueNanos -> {
                publish(publication, readings, dueNanos);
                return load.runNanos(beganNanos + ticks.nextNanos());
            });
        }
    }

    private void publish(Group.Publication publication, Readings readings, long dueNanos) {
        meters.due.increment();
        Map<String, Object> reading = readings.next(dueNanos / 1e9);
        try {
            var unused = publisher
                    .publishDue(
                            clock.run(),
                            TimeUnit.NANOSECONDS.toMicros(dueNanos),
                            clock.nanos(dueNanos),
                            publication.lane(),
                            reading,
                            body -> event(publication, body))
                    .whenComplete((receipt, failure) -> {
                        if (failure != null) {
                            meters.dropped.increment();
                        }
                    });
        } catch (ClientClosedException e) {
            // The run ends.
        } catch (FleetlineException e) {
            // No room while the node is away: the journal has it as dropped.
            meters.dropped.increment();
        }
    }

    private Event event(Group.Publication publication, Map<String, Object> body) {
        Event event = Event.of(publication.channel(), body);
        Optional<Duration> ttl = publication.ttl();
        if (ttl.isPresent()) {
            event = event.ttl(ttl.get());
        }
        if (group.clockOffset().isPresent()) {
            event = event.time(clock.now().plus(group.clockOffset().get())).clockQuality(ClockQuality.DEVICE);
        }
        return event;
    }

    private CompletionStage<CommandResult> answer(Group.Handler handler, Command command) {
        OrderMark.dueNanos(clock.run(), command.body())
                .ifPresent(dueNanos -> meters.handler.record(clock.runNanos() - dueNanos));
        journal.handlerBegan(id, command.id());
        boolean fails;
        long answerNanos;
        synchronized (commandChance) {
            fails = commandChance.nextDouble() < handler.failures();
            double times = -Math.log(1 - commandChance.nextDouble());
            answerNanos = (long) (handler.answerTime().toNanos() * Math.min(10, times));
        }
        Executor later = CompletableFuture.delayedExecutor(answerNanos, TimeUnit.NANOSECONDS);
        return CompletableFuture.supplyAsync(
                () -> {
                    journal.handlerEnded(id, command.id(), fails ? OutcomeStatus.FAILED : OutcomeStatus.SUCCEEDED);
                    return fails
                            ? CommandResult.failed("the scenario wants it to fail")
                            : CommandResult.done(Map.of("command", command.id()));
                },
                later);
    }

    private synchronized void connectionChanged(ConnectionStatus status) {
        boolean now = status.state() == ConnectionState.CONNECTED;
        if (now && !wasConnected) {
            wasConnected = true;
            meters.connect.record(clock.nanoTime().getAsLong() - clock.nanos(arrivalNanos));
        }
        if (now != isConnected) {
            isConnected = now;
            meters.connected.addAndGet(now ? 1 : -1);
        }
        if (status.state() == ConnectionState.WAITING || status.state() == ConnectionState.HELD_OFF) {
            meters.failures.increment();
        }
    }

    /** How it stands with its node. */
    ConnectionStatus status() {
        return client.status();
    }

    /** Waits until all that it published is stored or dropped, and until it is noted down. */
    boolean awaitQuiet(Duration patience) throws InterruptedException {
        return client.flush(patience) && publisher.awaitQuiet(patience);
    }

    /** Disconnects; what has no receipt is dropped. */
    void close() {
        try {
            client.close(Duration.ZERO);
        } catch (IllegalStateException e) {
            LOG.warn("{} did not end in time", id, e);
        }
    }

    /** Waits until what is decided is noted down; for after the client was closed. */
    boolean awaitNotes(Duration patience) throws InterruptedException {
        return publisher.awaitQuiet(patience);
    }
}
