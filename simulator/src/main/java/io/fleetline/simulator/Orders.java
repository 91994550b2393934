package io.fleetline.simulator;

import io.fleetline.backend.CommandRequest;
import io.fleetline.backend.CommandSender;
import io.fleetline.backend.SentCommand;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.scenario.Group;
import io.fleetline.simulator.scenario.Order;
import io.fleetline.simulator.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the commands of a run when they are due, and hears how they end. Thread-safe. */
final class Orders implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

    private final Scenario scenario;
    private final FleetClock clock;
    private final FleetMeters meters;
    private final Journal journal;
    private final CommandSender sender;
    /** Kafka's producer may make its callers wait; the schedules must not. */
    private final ExecutorService sending = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "fleet-orders");
        thread.setDaemon(true);
        return thread;
    });

    private long numbers; // guarded by this
    private long open; // guarded by this

    Orders(Scenario scenario, FleetTarget target, FleetClock clock, FleetMeters meters, Journal journal) {
        this.scenario = scenario;
        this.clock = clock;
        this.meters = meters;
        this.journal = journal;
        this.sender = CommandSender.builder()
                .kafka(target.kafka())
                .commandsTopic(target.topics().commands())
                .updatesTopic(target.topics().updates())
                .build();
    }

    /** Has the commands sent when they are due. */
    void schedule(Pacer pacer) {
        Random random = new Random(~scenario.seed());
        for (Order order : scenario.orders()) {
            List<DeviceId> devices =
                    scenario.group(order.group()).map(Group::deviceIds).orElseThrow();
            Random chance = new Random(random.nextLong());
            long everyNanos = order.every().map(Duration::toNanos).orElse(0L);
            pacer.add(order.at().toNanos(), dueNanos -> {
                List<DeviceId> receivers = order.all() ? devices : List.of(devices.get(chance.nextInt(devices.size())));
                receivers.forEach(device -> order(order, device, dueNanos));
                return everyNanos == 0 ? Pacer.NEVER : dueNanos + everyNanos;
            });
        }
    }

    private void order(Order order, DeviceId device, long dueNanos) {
        String id = begin();
        sending.execute(() -> {
            try {
                SentCommand sent =
                        sender.send(CommandRequest.of(device, order.name(), OrderMark.of(clock.run(), dueNanos))
                                .withExpiry(order.expiry())
                                .withId(id));
                meters.commandsSent.increment();
                var unusedStored = sent.stored().thenRun(() -> journal.commandStored(device, id));
                var unusedOutcome = sent.outcome().whenComplete((outcome, failure) -> {
                    if (failure == null) {
                        meters.command.record(clock.runNanos() - dueNanos);
                        meters.outcomes.increment();
                        journal.outcomeHeard(device, id, outcome.state());
                    }
                    ended();
                });
            } catch (RuntimeException e) {
                LOG.warn("command {} to {} was not sent", id, device, e);
                ended();
            }
        });
    }

    private synchronized String begin() {
        open++;
        return clock.run() + "-" + ++numbers;
    }

    private synchronized void ended() {
        open--;
        notifyAll();
    }

    /**
     * Waits until an outcome was heard, or will never be, of each command.
     *
     * @return whether it is so; false if the time ran out first
     */
    synchronized boolean awaitQuiet(Duration patience) throws InterruptedException {
        long endNanos = clock.runNanos() + patience.toNanos();
        while (open > 0) {
            long leftNanos = endNanos - clock.runNanos();
            if (leftNanos <= 0) {
                return false;
            }
            wait(Duration.ofNanos(leftNanos).toMillis() + 1);
        }
        return true;
    }

    @Override
    public void close() {
        sending.shutdownNow();
        sender.close();
    }
}
