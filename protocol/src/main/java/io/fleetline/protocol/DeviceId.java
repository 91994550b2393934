package io.fleetline.protocol;

/**
 * Who a device is: its tenant, and its name within the tenant. Written {@code tenant/device}; this text is also the key
 * of the device's Kafka records.
 *
 * @param tenant {@code [a-z0-9][a-z0-9-]{0,62}}
 * @param device {@code [A-Za-z0-9._~-]{1,128}}, never only dots
 */
public record DeviceId(String tenant, String device) implements Comparable<DeviceId> {
    /**
     * Checks both parts.
     *
     * @throws IllegalArgumentException if a part is not of its form
     */
    public DeviceId {
        if (!isTenant(tenant)) {
            throw new IllegalArgumentException(
                    "tenant " + Names.quoted(tenant) + " is not of the form [a-z0-9][a-z0-9-]{0,62}");
        }
        if (!isDevice(device)) {
            throw new IllegalArgumentException(
                    "device " + Names.quoted(device) + " is not of the form [A-Za-z0-9._~-]{1,128}, or is only dots");
        }
    }

    /**
     * Reads {@code tenant/device}.
     *
     * @throws IllegalArgumentException if the text is not of that form
     */
    public static DeviceId parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("device id " + Names.quoted(text) + " is not of the form tenant/device");
        }
        return new DeviceId(text.substring(0, slash), text.substring(slash + 1));
    }

    /** Whether this text can name a tenant. */
    public static boolean isTenant(String text) {
        return Names.matches(text, ProtocolLimits.MAX_TENANT_CHARS, Names.TENANT) && text.charAt(0) != '-';
    }

    /** Whether this text can name a device within its tenant. */
    public static boolean isDevice(String text) {
        return Names.matches(text, ProtocolLimits.MAX_DEVICE_CHARS, Names.DEVICE) && !Names.onlyDots(text);
    }

    @Override
    public int compareTo(DeviceId other) {
        int byTenant = tenant.compareTo(other.tenant);
        return byTenant != 0 ? byTenant : device.compareTo(other.device);
    }

    /** {@code tenant/device} */
    @Override
    public String toString() {
        return tenant + "/" + device;
    }
}
