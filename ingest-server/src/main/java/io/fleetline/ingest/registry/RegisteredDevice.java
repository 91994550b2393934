package io.fleetline.ingest.registry;

import java.util.List;

/**
 * What the registry knows of a device.
 *
 * @param disabled whether it is refused although its credentials are right
 * @param secrets the secrets that it may come with; two while one is being replaced by the next
 */
public record RegisteredDevice(boolean disabled, List<SecretHash> secrets) {
    /** What an unknown device is compared with, so that it costs as much as a known one. */
    static final RegisteredDevice NOBODY = new RegisteredDevice(false, List.of(SecretHash.OF_NOBODY));

    /** Keeps its own copy of the list. */
    public RegisteredDevice {
        secrets = List.copyOf(secrets);
    }

    /** Whether one of the device's secrets is this one. Compares with all of them, whatever the answer. */
    public boolean hasSecret(String secret) {
        boolean matches = false;
        for (SecretHash hash : secrets) {
            matches |= hash.matches(secret);
        }
        return matches;
    }
}
