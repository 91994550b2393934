package io.fleetline.device.internal.connection;

import java.net.URI;
import java.util.Optional;

/**
 * Where a device's connection stands, for those who look on.
 *
 * @param phase where it stands
 * @param closing whether the application has closed it
 * @param slow whether somebody has to mend something before the next attempt makes sense
 * @param lastEnding how the last connection or attempt ended
 * @param endpoint where it is connected to, or tries
 * @param failures how many connections and attempts have failed since one proved itself
 * @param nextAttemptNanos when the next attempt follows; 0 unless it is {@link Phase#WAITING}
 */
public record Status(
        Phase phase,
        boolean closing,
        boolean slow,
        Optional<Ending> lastEnding,
        URI endpoint,
        int failures,
        long nextAttemptNanos) {}
