package io.fleetline.device;

/**
 * How commands are run.
 *
 * @param concurrency how many handlers may run at once, 1 to 64; further commands wait their turn, in order of arrival
 * @param maxWaiting how many commands may wait for their turn, 1 to 1,000. What comes beyond is ignored: the backend
 *     keeps it pending and sends it again on the next connection, until it expires.
 */
public record CommandConfig(int concurrency, int maxWaiting) {
    /** One handler at a time, 64 commands waiting. */
    public static final CommandConfig DEFAULT = new CommandConfig(1, 64);

    /** @throws IllegalArgumentException naming the key, if a part is out of its range */
    public CommandConfig {
        Checks.range("commands.concurrency", concurrency, 1, 64);
        Checks.range("commands.maxWaiting", maxWaiting, 1, 1000);
    }
}
