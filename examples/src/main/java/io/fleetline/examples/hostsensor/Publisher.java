package io.fleetline.examples.hostsensor;

import io.fleetline.device.Receipt;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Where readings go: {@code client::publish}, or something that adds to them on the way. */
@FunctionalInterface
public interface Publisher {
    /** Publishes one reading; completes as {@link io.fleetline.device.DeviceClient#publish(String, Object)} does. */
    CompletionStage<Receipt> publish(String channel, Map<String, Object> reading);
}
