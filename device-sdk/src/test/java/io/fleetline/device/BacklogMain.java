package io.fleetline.device;

import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A device that publishes a backlog before it connects, and ends with 0 once it is empty. */
final class BacklogMain {
    private BacklogMain() {}

    /** Takes the node's URL, the outbox's directory and the number of events. */
    public static void main(String[] args) throws InterruptedException {
        try (DeviceClient client = DeviceClient.builder()
                .endpoint(URI.create(args[0]))
                .identity(DeviceId.parse("acme/boiler-7"))
                .secret("s3cret")
                .outbox(OutboxConfig.durable(Path.of(args[1])).blocking(Duration.ofSeconds(30)))
                .build()) {
            int count = Integer.parseInt(args[2]);
            for (int i = 0; i < count; i++) {
                var unused = client.publish("boiler/state", Map.of("celsius", 61.5, "cycle", i, "state", "heating up"));
            }
            System.out.println("waiting " + client.statistics().outboxEvents() + " of " + count);
            client.start();
            System.exit(client.flush(Duration.ofMinutes(2)) ? 0 : 3);
        }
    }
}
