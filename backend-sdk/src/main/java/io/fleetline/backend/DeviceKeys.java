package io.fleetline.backend;

import io.fleetline.protocol.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads record keys; the devices met last are at hand, so that most records cost neither a parse nor an object. */
final class DeviceKeys {
    private static final int SLOTS = 4_096;

    private static final class Known {
        final byte[] key;
        final DeviceId device;

        Known(byte[] key, DeviceId device) {
            this.key = key;
            this.device = device;
        }
    }

    private final @Nullable Known[] slots = new Known[SLOTS];

    /** @throws IllegalArgumentException if this is no device's key */
    DeviceId read(byte @Nullable [] key) {
        if (key == null) {
            throw new IllegalArgumentException("it has no key");
        }
        int hash = Arrays.hashCode(key);
        int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
        Known known = slots[slot];
        if (known == null || !Arrays.equals(known.key, key)) {
            known = new Known(key, DeviceId.parse(new String(key, StandardCharsets.UTF_8)));
            slots[slot] = known;
        }
        return known.device;
    }
}
