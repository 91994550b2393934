package io.fleetline.device;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * All that a client can be told, as one value. {@link DeviceClient.Builder} makes one from code.
 *
 * @param identity who the device is
 * @param endpoints where nodes listen, at least one: {@code wss://host:port/connect}. After a failure the next one is
 *     tried; where the first attempt goes is left to chance, so that a fleet spreads over its nodes.
 * @param credential how the device proves who it is
 * @param tls whom it trusts
 * @param outbox how events are kept until they are stored
 * @param sending how events are put together into frames
 * @param commands how commands are run
 * @param connectTimeout how long an attempt to connect may take, from the name's lookup to the node's welcome; 1 s to
 *     5 min
 * @param software what runs on the device, such as {@code host-sensor/1.4}; told to the node; up to 128 printable ASCII
 *     characters
 */
public record DeviceConfig(
        DeviceId identity,
        List<URI> endpoints,
        Credential credential,
        TlsConfig tls,
        OutboxConfig outbox,
        SendingConfig sending,
        CommandConfig commands,
        Duration connectTimeout,
        String software) {
    /** What {@code connectTimeout} is unless told otherwise. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(30);

    /** Checks the parts against each other. */
    public DeviceConfig {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException(
                    "endpoints is empty; give at least one, such as wss://host:8443" + ProtocolLimits.PATH);
        }
        endpoints.forEach(DeviceConfig::checkEndpoint);
        if (connectTimeout.compareTo(Duration.ofSeconds(1)) < 0
                || connectTimeout.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("connectTimeout is " + connectTimeout + ", not within 1 s to 5 min");
        }
        if (software.length() > 128 || software.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
            throw new IllegalArgumentException("software is not up to 128 printable ASCII characters");
        }
    }

    private static void checkEndpoint(URI endpoint) {
        String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
        if (endpoint.getHost() == null || !(scheme.equals("wss") || scheme.equals("ws"))) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " is not of the form wss://host:port" + ProtocolLimits.PATH);
        }
        if (endpoint.getRawUserInfo() != null || endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
            throw new IllegalArgumentException("endpoint on host " + endpoint.getHost()
                    + " has user info, a query or a fragment; credentials never stand in a URL");
        }
        if (scheme.equals("ws") && !isLoopback(endpoint.getHost())) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " is not encrypted; ws is for loopback addresses, use wss");
        }
    }

    /** Whether this is written as an address of this machine; a name is not looked up, for it may change. */
    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }
}
