package io.fleetline.device.internal.connection;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Payload;
import java.net.URI;
import java.util.List;

/**
 * What a device's connection is told once and for all.
 *
 * @param device who it is, for logs
 * @param endpoints where nodes listen, at least one
 * @param client what {@code hello} says about this client
 * @param rules how items are put together into frames
 * @param connectTimeoutNanos how long an attempt may take, up to the welcome
 * @param renewable whether another credential can be had in place of one that was refused
 */
public record ConnectionSettings(
        DeviceId device,
        List<URI> endpoints,
        Payload client,
        SendingRules rules,
        long connectTimeoutNanos,
        boolean renewable) {}
