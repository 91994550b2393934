package io.fleetline.device;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All that a client can be told, as one value. {@link DeviceClientBuilder} makes one from code; {@link #load} and
 * {@link #fromEnvironment} make one from texts, with the same names.
 *
 * @param identity who the device is
 * @param endpoints where nodes listen, at least one: {@code wss://host:port/connect}. Each client has an order of its own
 *     for them, drawn when it is built, so that a fleet spreads over its nodes; after a failure the next one is tried.
 * @param credential how the device proves who it is
 * @param tls whom it trusts
 * @param proxy what it connects through, if it cannot reach nodes directly
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
        Optional<ProxyConfig> proxy,
        OutboxConfig outbox,
        SendingConfig sending,
        CommandConfig commands,
        Duration connectTimeout,
        String software) {
    /** What {@code connectTimeout} is unless told otherwise. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration LEAST_CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MOST_CONNECT_TIMEOUT = Duration.ofMinutes(5);

    /**
     * Checks the parts against each other.
     *
     * @throws IllegalArgumentException naming the part that does not fit
     */
    public DeviceConfig {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException(
                    "endpoints is empty; give at least one, such as wss://host:8443" + ProtocolLimits.PATH);
        }
        endpoints.forEach(DeviceConfig::checkEndpoint);
        if (credential instanceof Credential.ClientCertificate) {
            endpoints.stream().filter(each -> !isEncrypted(each)).findFirst().ifPresent(plain -> {
                throw new IllegalArgumentException(
                        "endpoint " + plain + " has no TLS, and the credential is a TLS client certificate");
            });
        }
        Checks.range("connectTimeout", connectTimeout, LEAST_CONNECT_TIMEOUT, MOST_CONNECT_TIMEOUT);
        Checks.printableOrEmpty("software", software, 128);
    }

    /**
     * Reads a file of the form of {@link java.util.Properties}, in UTF-8: {@code outbox.directory = /var/lib/boiler}. The
     * names are those of the parts of this record and of what they consist of; docs/device-sdk.md lists them.
     *
     * @throws IllegalArgumentException if the file cannot be read, a name is unknown, given twice or missing, or a value
     *     not of its form; the message has the name and where it stands
     */
    public static DeviceConfig load(Path file) {
        return load(file, Map.of());
    }

    /**
     * Reads a file; what the environment says goes before it: {@code FLEETLINE_DEVICE_OUTBOX_DIRECTORY}.
     *
     * @param environment mostly {@code System.getenv()}; only names that begin with {@code FLEETLINE_DEVICE_} count
     * @throws IllegalArgumentException as {@link #load(Path)}
     */
    public static DeviceConfig load(Path file, Map<String, String> environment) {
        ConfigReader reader = new ConfigReader();
        reader.takeFile(file);
        reader.takeEnvironment(environment);
        return reader.read(Optional.empty());
    }

    /**
     * As {@link #load(Path, Map)}, with a credential that only code can give, such as {@link Credential#tokens}.
     *
     * @throws IllegalArgumentException as {@link #load(Path)}, and if the file or the environment has a credential too
     */
    public static DeviceConfig load(Path file, Map<String, String> environment, Credential credential) {
        ConfigReader reader = new ConfigReader();
        reader.takeFile(file);
        reader.takeEnvironment(environment);
        return reader.read(Optional.of(credential));
    }

    /**
     * Reads the environment alone.
     *
     * @param environment mostly {@code System.getenv()}; only names that begin with {@code FLEETLINE_DEVICE_} count
     * @throws IllegalArgumentException as {@link #load(Path)}
     */
    public static DeviceConfig fromEnvironment(Map<String, String> environment) {
        ConfigReader reader = new ConfigReader();
        reader.takeEnvironment(environment);
        return reader.read(Optional.empty());
    }

    private static boolean isEncrypted(URI endpoint) {
        return "wss".equalsIgnoreCase(endpoint.getScheme());
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
