package io.fleetline.simulator;

import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.scenario.Outage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the outages of a scenario done when they are due, on a thread for each part: to start one again takes a while. */
final class Outages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outages.class);

    private final Function<Outage.Part, Breakable> system;
    private final Journal journal;
    private final Set<Outage.Part> broken = ConcurrentHashMap.newKeySet();
    private final Map<Outage.Part, ExecutorService> hands = new ConcurrentHashMap<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    /** @param system what each part is part of */
    Outages(Function<Outage.Part, Breakable> system, Journal journal) {
        this.system = system;
        this.journal = journal;
    }

    /** A step of breaking or mending. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    void schedule(Outage outage, Pacer pacer) {
        pacer.add(outage.at().toNanos(), dueNanos -> {
            hand(outage.part()).execute(() -> carefully(outage.toString(), () -> begin(outage)));
            return Pacer.NEVER;
        });
        pacer.add(outage.at().plus(outage.length()).toNanos(), dueNanos -> {
            hand(outage.part()).execute(() -> carefully("mending " + outage.part(), () -> mend(outage.part())));
            return Pacer.NEVER;
        });
    }

    private ExecutorService hand(Outage.Part part) {
        return hands.computeIfAbsent(
                part,
                its -> Executors.newSingleThreadExecutor(task -> {
                    Thread thread = new Thread(task, "fleet-outages-" + its);
                    thread.setDaemon(true);
                    return thread;
                }));
    }

    private void begin(Outage outage) throws IOException, InterruptedException {
        broken.add(outage.part());
        journal.outage(outage.kind().name(), outage.part().toString());
        switch (outage.kind()) {
            case KILL -> system.apply(outage.part()).kill(outage.part());
            case PAUSE -> system.apply(outage.part()).pause(outage.part());
        }
        LOG.info("{}", outage);
    }

    private void mend(Outage.Part part) throws IOException, InterruptedException {
        if (broken.contains(part)) {
            system.apply(part).mend(part);
            broken.remove(part);
            LOG.info("{} runs again", part);
        }
    }

    private void carefully(String what, Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            LOG.error("{} failed", what, e);
            failures.add(what + " failed: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was due and could not be done, in sentences. Complete once {@link #mendAll} has returned. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /**
     * Mends all that is broken, and returns when it is.
     *
     * @throws IOException if something cannot be mended
     */
    void mendAll() throws IOException, InterruptedException {
        try {
            List<Future<?>> all = new ArrayList<>();
            hands.forEach((part, hand) -> all.add(hand.submit(() -> {
                mend(part);
                return part;
            })));
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException | CancellationException e) {
            throw new IOException("not all that was broken runs again: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        hands.values().forEach(ExecutorService::shutdownNow);
    }
}
