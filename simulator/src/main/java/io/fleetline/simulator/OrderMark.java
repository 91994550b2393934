package io.fleetline.simulator;

import io.fleetline.device.Body;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** What the commands of a run bear, so that a device that is asked can say how long that took. */
final class OrderMark {
    private static final String RUN = "run";
    private static final String DUE = "due";

    private OrderMark() {}

    /** What a command says that was due at this moment of this run. */
    static Map<String, Object> of(String run, long dueNanos) {
        return Map.of(RUN, run, DUE, TimeUnit.NANOSECONDS.toMicros(dueNanos));
    }

    /** When a command of this run was due, in ns since the run began; empty if it is none of this run. */
    static OptionalLong dueNanos(String run, Body body) {
        return body.value().orElse(Map.of()) instanceof Map<?, ?> map
                        && run.equals(map.get(RUN))
                        && map.get(DUE) instanceof Long micros
                ? OptionalLong.of(TimeUnit.MICROSECONDS.toNanos(micros))
                : OptionalLong.empty();
    }
}
