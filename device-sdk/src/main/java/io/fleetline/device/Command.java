package io.fleetline.device;

import java.time.Duration;
import java.util.Optional;

/**
 * Something that a backend asks of the device.
 *
 * @param id the same id is the same command; 1 to 64 printable ASCII characters
 * @param name what to do
 * @param body its argument
 * @param remaining how much of its time to live is left as the handler starts; empty if it has no limit
 */
public record Command(String id, String name, Body body, Optional<Duration> remaining) {}
