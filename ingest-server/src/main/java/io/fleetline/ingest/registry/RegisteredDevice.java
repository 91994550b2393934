package io.fleetline.ingest.registry;

import java.util.List;
import java.util.Optional;

/**
 * What the registry knows of a device.
 *
 * @param disabled whether it is refused although its credentials are right
 * @param credentials what it may come with; two of a kind while one is being replaced by the next
 */
public record RegisteredDevice(boolean disabled, List<? extends DeviceCredential> credentials) {
    /** How many credentials a device may have. */
    public static final int MAX_CREDENTIALS = 16;

    /** What an unknown device is compared with, so that it costs as much as a known one. */
    static final RegisteredDevice NOBODY =
            new RegisteredDevice(false, List.of(DeviceSecret.always(SecretHash.NOBODYS)));

    /**
     * Keeps its own copy of the list.
     *
     * @throws IllegalArgumentException if there are too many
     */
    public RegisteredDevice {
        credentials = List.copyOf(credentials);
        if (credentials.size() > MAX_CREDENTIALS) {
            throw new IllegalArgumentException(
                    "a device has " + credentials.size() + " credentials, above " + MAX_CREDENTIALS);
        }
    }

    /** A device with one secret, which has no end. */
    public static RegisteredDevice withSecret(SecretHash secret) {
        return new RegisteredDevice(false, List.of(DeviceSecret.always(secret)));
    }

    /**
     * Which of the device's secrets this is, if it is one. Compares with all of them, and at least with one, whatever the
     * answer.
     */
    public Optional<DeviceSecret> secret(String secret) {
        Optional<DeviceSecret> found = Optional.empty();
        boolean compared = false;
        for (DeviceCredential credential : credentials) {
            if (credential instanceof DeviceSecret known) {
                compared = true;
                if (known.hash().matches(secret)) {
                    found = Optional.of(known);
                }
            }
        }
        boolean nobodys = !compared && SecretHash.NOBODYS.matches(secret);
        return nobodys ? Optional.empty() : found;
    }

    /** The key whose id is exactly this. */
    public Optional<DeviceKey> key(String id) {
        for (DeviceCredential credential : credentials) {
            if (credential instanceof DeviceKey key && key.id().equals(id)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /** The credential that is the same secret or key as this one, with the time that it has now. */
    public Optional<DeviceCredential> same(DeviceCredential credential) {
        for (DeviceCredential each : credentials) {
            if (each.isSame(credential)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
