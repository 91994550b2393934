package io.fleetline.ingest.registry;

import io.fleetline.protocol.DeviceId;

/**
 * The template by which unknown devices are registered when they first come.
 *
 * @param pattern which names may be registered so: a name in which {@code *} stands for any characters; empty for none
 * @param disabled whether such a device begins disabled, for somebody to look at first
 */
public record Provisioning(String pattern, boolean disabled) {
    /** Registers nobody. */
    public static final Provisioning NONE = new Provisioning("", true);

    /** Whether this device is registered when it first comes. */
    public boolean covers(DeviceId device) {
        return !pattern.isEmpty() && matches(pattern, device.device());
    }

    /** The classic walk with one place to go back to: linear in practice, and quadratic at worst in 128 characters. */
    private static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int behindStar = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                behindStar = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++behindStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
