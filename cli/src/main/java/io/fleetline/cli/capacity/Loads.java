package io.fleetline.cli.capacity;

import java.time.Duration;
import java.util.Locale;

/**
 * The scenarios of a search.
 *
 * @param arrival how many devices connect in a second, where they do not come all at once
 * @param processes how many processes of the simulator share them
 * @param length how long a load is on
 */
record Loads(int arrival, int processes, Duration length) {
    /** The stage in which devices publish. */
    static final String PUBLISHING = "loaded";

    /** The stage after it, when nothing is published any more and all are still connected. */
    static final String RESTING = "counted";

    /** At fewer connects in a second than this a burst is over before all are there. */
    private static final int LEAST_CONNECTS_PER_SECOND = 50;

    /** Devices arrive one after the other, then publish so much together, then rest for a moment. */
    String load(int devices, double eventsPerSecond) {
        String stages = String.format(
                Locale.ROOT, """
                  - {name: arrival, for: %dms, load: 0}
                  - {name: %s, for: %dms}
                  - {name: %s, for: 3s, load: 0}
                """, 3_000 + devices * 1_000L / arrival, PUBLISHING, length.toMillis(), RESTING);
        return scenario(stages, devices, "perSecond: " + arrival, (long) (1e6 * devices / eventsPerSecond));
    }

    /** All devices begin to connect at the same moment, and publish nothing. */
    String burst(int devices) {
        String stages = String.format(Locale.ROOT, """
                  - {name: burst, for: %dms, load: 0}
                """, 10_000 + devices * 1_000L / LEAST_CONNECTS_PER_SECOND);
        return scenario(stages, devices, "at: 0s", 1_000_000);
    }

    private String scenario(String stages, int devices, String arrive, long everyMicros) {
        return String.format(Locale.ROOT, """
                name: trial
                drain: 30s
                processes: %d
                stages:
                %sgroups:
                  - name: device
                    devices: %d
                    arrive: {%s}
                    publish:
                      - channel: device/state
                        schedule: {kind: poisson, every: %dus}
                        payload: {kind: walk, fields: [celsius, bar]}
                """, processes, stages, devices, arrive, everyMicros);
    }
}
