package io.fleetline.simulator;

import io.fleetline.simulator.scenario.Outage;
import java.io.IOException;

/** The processes of a system that was started for a run, to be broken and mended. Thread-safe, for one caller at a time of each part. */
public interface Breakable {
    /** Ends it without warning, as {@code kill -9} does. */
    void kill(Outage.Part part) throws IOException, InterruptedException;

    /** Halts it in the middle of what it does. */
    void pause(Outage.Part part) throws IOException;

    /** Starts it again if it was killed, lets it go on if it is halted, and returns when it is ready. */
    void mend(Outage.Part part) throws IOException, InterruptedException;
}
