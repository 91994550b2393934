package io.fleetline.device;

import io.fleetline.device.internal.command.Handling;
import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what a client should be like. An endpoint, an identity and a credential are needed; the rest has defaults. */
public final class DeviceClientBuilder {
    private List<URI> endpoints = List.of();
    private Optional<DeviceId> identity = Optional.empty();
    private Optional<Credential> credential = Optional.empty();
    private TlsConfig tls = TlsConfig.JDK_DEFAULT;
    private OutboxConfig outbox = OutboxConfig.memory();
    private SendingConfig sending = SendingConfig.DEFAULT;
    private CommandConfig commands = CommandConfig.DEFAULT;
    private Duration connectTimeout = DeviceConfig.DEFAULT_CONNECT_TIMEOUT;
    private String software = "";
    private Optional<ProxyConfig> proxy = Optional.empty();
    private Optional<DeviceRuntime> runtime = Optional.empty();
    private Optional<ConnectionListener> listener = Optional.empty();
    private final Map<String, Handling> handlers = new LinkedHashMap<>();

    DeviceClientBuilder() {}

    DeviceClientBuilder config(DeviceConfig config) {
        endpoints = config.endpoints();
        identity = Optional.of(config.identity());
        credential = Optional.of(config.credential());
        tls = config.tls();
        proxy = config.proxy();
        outbox = config.outbox();
        sending = config.sending();
        commands = config.commands();
        connectTimeout = config.connectTimeout();
        software = config.software();
        return this;
    }

    DeviceConfig config() {
        return new DeviceConfig(
                identity.orElseThrow(() -> new IllegalArgumentException("identity is missing")),
                endpoints,
                credential.orElseThrow(() -> new IllegalArgumentException("credential is missing")),
                tls,
                proxy,
                outbox,
                sending,
                commands,
                connectTimeout,
                software);
    }

    /** Where nodes listen: {@code wss://host:port/connect}; one or more. */
    public DeviceClientBuilder endpoint(URI... uris) {
        endpoints = List.of(uris);
        return this;
    }

    /** Who the device is. */
    public DeviceClientBuilder identity(DeviceId id) {
        identity = Optional.of(id);
        return this;
    }

    /** The secret that the registry made for the device. */
    public DeviceClientBuilder secret(String secret) {
        return credential(Credential.secret(secret));
    }

    /** How the device proves who it is. */
    public DeviceClientBuilder credential(Credential proof) {
        credential = Optional.of(proof);
        return this;
    }

    /** A PEM file with the certificates of the authorities to trust, in place of those that the JDK trusts. */
    public DeviceClientBuilder trustedCertificates(Path pem) {
        return tls(TlsConfig.trusting(pem));
    }

    /** Whom the device trusts. */
    public DeviceClientBuilder tls(TlsConfig config) {
        tls = config;
        return this;
    }

    /** What to connect through. */
    public DeviceClientBuilder proxy(ProxyConfig config) {
        proxy = Optional.of(config);
        return this;
    }

    /** How events are kept until they are stored; {@link OutboxConfig#memory()} unless told. */
    public DeviceClientBuilder outbox(OutboxConfig config) {
        outbox = config;
        return this;
    }

    /** How events are put together into frames. */
    public DeviceClientBuilder sending(SendingConfig config) {
        sending = config;
        return this;
    }

    /** How commands are run. */
    public DeviceClientBuilder commands(CommandConfig config) {
        commands = config;
        return this;
    }

    /** How long an attempt to connect may take. */
    public DeviceClientBuilder connectTimeout(Duration timeout) {
        connectTimeout = timeout;
        return this;
    }

    /** What runs on the device, such as {@code host-sensor/1.4}; told to the node. */
    public DeviceClientBuilder software(String nameAndVersion) {
        software = nameAndVersion;
        return this;
    }

    /** The runtime to share with other clients. It is not closed with this client. */
    public DeviceClientBuilder runtime(DeviceRuntime shared) {
        runtime = Optional.of(shared);
        return this;
    }

    /** Who hears of changes of the connection. */
    public DeviceClientBuilder onConnectionChange(ConnectionListener hearer) {
        listener = Optional.of(hearer);
        return this;
    }

    /**
     * Who handles the commands of this name. Commands of other names end as UNKNOWN_COMMAND, which is why handlers are
     * told here and not later.
     *
     * @throws IllegalArgumentException if the name has a handler already
     */
    public DeviceClientBuilder onCommand(String name, CommandHandler handler, CommandOption... options) {
        return handling(name, Translations.handling(handler, options));
    }

    /**
     * Who handles the commands of this name without holding a thread.
     *
     * @throws IllegalArgumentException if the name has a handler already
     */
    public DeviceClientBuilder onCommandAsync(String name, AsyncCommandHandler handler, CommandOption... options) {
        return handling(name, Translations.handlingAsync(handler, options));
    }

    private DeviceClientBuilder handling(String name, Handling handling) {
        if (handlers.putIfAbsent(name, handling) != null) {
            throw new IllegalArgumentException("command " + name + " has a handler already");
        }
        return this;
    }

    Optional<DeviceRuntime> runtime() {
        return runtime;
    }

    Optional<ConnectionListener> listener() {
        return listener;
    }

    Map<String, Handling> handlers() {
        return handlers;
    }

    /**
     * Makes the client, and opens its outbox. It connects once it is {@linkplain DeviceClient#start started}.
     *
     * @throws IllegalArgumentException naming what is missing or does not fit
     * @throws OutboxInUseException if another client or process uses the outbox's directory
     */
    public DeviceClient build() {
        return new DeviceClient(this);
    }
}
