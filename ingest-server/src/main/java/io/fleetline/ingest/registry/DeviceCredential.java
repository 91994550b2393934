package io.fleetline.ingest.registry;

/** What a device may come with: a secret of its own, or tokens signed with a key of its own. */
public sealed interface DeviceCredential permits DeviceSecret, DeviceKey {
    /** What names the credential among those of its device. */
    String id();

    /** When it is good. */
    Validity validity();

    /** The same credential with another time. */
    DeviceCredential within(Validity other);

    /** Whether it is the same secret or key, whatever its time. */
    boolean isSame(DeviceCredential other);
}
