package io.fleetline.ingest.registry;

/**
 * A secret that a device may come with.
 *
 * @param hash what is kept of it
 * @param validity when it is good
 */
public record DeviceSecret(SecretHash hash, Validity validity) implements DeviceCredential {
    /** A secret without an end. */
    public static DeviceSecret always(SecretHash hash) {
        return new DeviceSecret(hash, Validity.ALWAYS);
    }

    /** The beginning of the salt: random, and not worth room of its own in a million devices. */
    @Override
    public String id() {
        return hash.id();
    }

    @Override
    public DeviceSecret within(Validity other) {
        return new DeviceSecret(hash, other);
    }

    @Override
    public boolean isSame(DeviceCredential other) {
        return other instanceof DeviceSecret secret && secret.hash.equals(hash);
    }
}
