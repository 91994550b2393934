package io.fleetline.device;

import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A device that reaches no node and is closed with a backlog; ends with 0 once each receipt has ended. */
final class AbandonedMain {
    private AbandonedMain() {}

    /** Takes the outbox's directory and the number of events. */
    public static void main(String[] args) throws InterruptedException {
        int count = Integer.parseInt(args[1]);
        CountDownLatch ended = new CountDownLatch(count);
        try (DeviceClient client = DeviceClient.builder()
                .endpoint(URI.create("ws://127.0.0.1:1/connect"))
                .identity(DeviceId.parse("acme/boiler-7"))
                .secret("s3cret")
                .outbox(OutboxConfig.durable(Path.of(args[0])).blocking(Duration.ofSeconds(30)))
                .build()) {
            for (int i = 0; i < count; i++) {
                client.publish("boiler/state", Map.of("celsius", 61.5, "cycle", i, "state", "heating up"))
                        .whenComplete((receipt, end) -> {
                            if (end instanceof ClientClosedException) {
                                ended.countDown();
                            }
                        });
            }
            System.out.println("empty " + client.close(Duration.ZERO));
        }
        System.exit(ended.await(1, TimeUnit.MINUTES) ? 0 : 3);
    }
}
