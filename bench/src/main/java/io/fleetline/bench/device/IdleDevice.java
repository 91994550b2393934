package io.fleetline.bench.device;

import io.fleetline.device.DeviceClient;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * A device that publishes a little, says {@code ready}, and then does nothing but stay connected until its standard input
 * ends. Arguments: the node, what to trust, who it is, its secret.
 */
final class IdleDevice {
    private static final int EVENTS = 100;

    private IdleDevice() {}

    public static void main(String[] args) throws IOException {
        DeviceClient client = DeviceClient.builder()
                .endpoint(URI.create(args[0]))
                .trustedCertificates(Path.of(args[1]))
                .identity(DeviceId.parse(args[2]))
                .secret(args[3])
                .build()
                .start();
        for (int i = 0; i < EVENTS; i++) {
            client.publish("boiler/state", Map.of("celsius", 61.5, "cycle", i))
                    .toCompletableFuture()
                    .join();
        }
        System.out.println(IdleJvm.READY);
        int unused = System.in.read();
        Runtime.getRuntime().halt(0);
    }
}
