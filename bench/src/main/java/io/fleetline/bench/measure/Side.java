package io.fleetline.bench.measure;

import java.time.Duration;
import java.util.List;

/** One of those that are compared. */
public interface Side {
    /** What it is called in the report. */
    String name();

    /**
     * Works for about this long, and keeps still before and after.
     *
     * @return the same metrics in the same order each time
     */
    List<Reading> run(Duration segment) throws Exception;
}
