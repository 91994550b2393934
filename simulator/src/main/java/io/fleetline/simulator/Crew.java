package io.fleetline.simulator;

import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
import java.time.Duration;
import java.util.List;

/** The devices of a run, in this process or in others. For one caller at a time. */
interface Crew extends AutoCloseable {
    /** Something that comes to rest. */
    @FunctionalInterface
    interface Resting {
        /** Waits until it has; false if the time ran out first. */
        boolean awaitQuiet(Duration patience) throws InterruptedException;
    }

    /** The run begins now, and the pacer with it. */
    void begin();

    /**
     * What processes beside this one took since the look before. What their devices did is in the run's meters once this returns.
     *
     * @param wakeUps where their late awakenings are added
     * @param lag where the times are added by which they were late
     */
    List<OwnLoad.Look> look(Latencies wakeUps, Latencies lag) throws InterruptedException;

    /** The stages are over: no more schedules, no more faults. */
    void endStages();

    /** All that must come to rest at the end, in the order in which it does. */
    List<Resting> resting();

    /** How many devices there are. */
    int size();

    /** How many of them are connected. */
    long connected() throws InterruptedException;

    /**
     * Disconnects all, once and for good.
     *
     * @return whether it is noted down of everything how it ended
     */
    boolean end() throws InterruptedException;

    /** Ends all at once, wherever it stands. */
    @Override
    void close();
}
