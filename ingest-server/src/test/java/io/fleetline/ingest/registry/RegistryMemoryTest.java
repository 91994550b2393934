package io.fleetline.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much of the heap a million devices take, read from their stored form as a node does at its start. */
@Tag("long")
class RegistryMemoryTest {
    private static final int DEVICES = 1_000_000;
    private static final long MOST_BYTES = 512L * 1024 * 1024;

    private final SecureRandom random = new SecureRandom();

    @Test
    void aMillionDevicesFitIntoHalfAGibibyte() throws IOException {
        byte[] salt = new byte[SecretHash.SALT_BYTES];
        byte[] hash = new byte[32];
        long before = usedBytes();
        DeviceRegistry registry = new DeviceRegistry();
        for (int i = 0; i < DEVICES; i++) {
            random.nextBytes(salt);
            random.nextBytes(hash);
            byte[] stored = StoredDevice.encode(RegisteredDevice.withSecret(new SecretHash(salt, hash)));
            registry.put(DeviceId.parse("acme/pump-" + (1_000_000_000L + i)), StoredDevice.decode(stored));
        }
        long used = usedBytes() - before;
        System.out.println(DEVICES + " devices with one secret each take " + used / (1024 * 1024) + " MiB, "
                + used / DEVICES + " bytes each");
        assertThat(registry.size()).isEqualTo(DEVICES);
        assertThat(used).isLessThan(MOST_BYTES);
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
