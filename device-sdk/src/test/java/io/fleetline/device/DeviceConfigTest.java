package io.fleetline.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same options from code, from a file and from the environment, and what is said of those that do not fit. */
class DeviceConfigTest {
    private static final Map<String, String> LEAST = Map.of(
            "identity", "acme/boiler-7",
            "endpoints", "wss://a.example:8443/connect",
            "credential.secret", "0123456789abcdef");

    @TempDir
    Path directory;

    @Test
    void aFileSaysAllThatCodeCan() throws Exception {
        Path file = write("""
                # A boiler.
                identity = acme/boiler-7
                endpoints = wss://a.example:8443/connect, wss://b.example:8443/connect
                software = boiler/1.0
                connectTimeout = 20 s
                credential.secretFile = /run/credentials/secret
                tls.trustedCertificates = /etc/boiler/ca.pem
                proxy.host = proxy.example
                proxy.port = 3128
                proxy.user = boiler
                proxy.password = p:w
                outbox.mode = buffered
                outbox.directory = /var/lib/boiler/outbox
                outbox.maxBytes = 16 MiB
                outbox.overflow = block
                outbox.overflowTimeout = 500 ms
                sending.linger = 20ms
                sending.maxFrameEvents = 64
                sending.maxFrameBytes = 16KiB
                commands.concurrency = 2
                commands.maxWaiting = 10
                """);
        assertThat(DeviceConfig.load(file))
                .isEqualTo(new DeviceConfig(
                        DeviceId.parse("acme/boiler-7"),
                        List.of(URI.create("wss://a.example:8443/connect"), URI.create("wss://b.example:8443/connect")),
                        Credential.secretFile(Path.of("/run/credentials/secret")),
                        TlsConfig.trusting(Path.of("/etc/boiler/ca.pem")),
                        Optional.of(ProxyConfig.of("proxy.example", 3128).login("boiler", "p:w")),
                        OutboxConfig.buffered(Path.of("/var/lib/boiler/outbox"))
                                .maxBytes(16 << 20)
                                .blocking(Duration.ofMillis(500)),
                        new SendingConfig(Duration.ofMillis(20), 64, 16 * 1024),
                        new CommandConfig(2, 10),
                        Duration.ofSeconds(20),
                        "boiler/1.0"));
    }

    @Test
    void whatIsNotSaidIsAsInTheBuilder() {
        DeviceConfig built = DeviceClient.builder()
                .identity(DeviceId.parse("acme/boiler-7"))
                .endpoint(URI.create("wss://a.example:8443/connect"))
                .secret("0123456789abcdef")
                .config();
        assertThat(DeviceConfig.fromEnvironment(environment(LEAST))).isEqualTo(built);
    }

    @Test
    void everyOptionHasANameInTheEnvironmentAndTheEnvironmentGoesBeforeTheFile() throws Exception {
        assertThat(ConfigReader.environmentName("outbox.maxBytes")).isEqualTo("FLEETLINE_DEVICE_OUTBOX_MAX_BYTES");
        assertThat(ConfigReader.NAMES.stream().map(ConfigReader::environmentName))
                .doesNotHaveDuplicates();
        Path file = write(lines(LEAST) + "outbox.maxBytes = 1 MiB\n");
        DeviceConfig config =
                DeviceConfig.load(file, Map.of("FLEETLINE_DEVICE_OUTBOX_MAX_BYTES", "2 MiB", "PATH", "/bin"));
        assertThat(config.outbox().maxBytes()).isEqualTo(2 << 20);
    }

    @Test
    void aCredentialFromCodeGoesWithTheRestFromAFile() throws Exception {
        Credential tokens = Credential.tokens(() -> TokenSupplier.Token.of("abc"));
        Map<String, String> withoutCredential = without("credential.secret");
        assertThat(DeviceConfig.load(write(lines(withoutCredential)), Map.of(), tokens)
                        .credential())
                .isSameAs(tokens);
        Path both = write(lines(LEAST));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceConfig.load(both, Map.of(), tokens))
                .withMessage(
                        "one kind of credential is needed, but there are credential.secret, the credential from code");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("outbox.maxbytes", "1", "outbox.maxbytes in FILE is no option; there are commands.concurrency"),
                mistake("identity", "boiler", "identity in FILE: "),
                mistake("endpoints", "http://a/connect", "endpoint http://a/connect is not of the form wss://"),
                mistake("endpoints", "ws://10.0.0.1:1/connect", "ws is for loopback addresses"),
                mistake("endpoints", "wss://u:p@a/connect", "credentials never stand in a URL"),
                mistake("connectTimeout", "20", "connectTimeout in FILE: \"20\" is not a time such as 500 ms"),
                mistake("connectTimeout", "1 h", "connectTimeout is PT1H, not within PT1S to PT5M"),
                mistake("credential.secretFile", "/x", "there are credential.secret, credential.secretFile"),
                mistake("credential.keyId", "k", "credential.keyId in FILE is given without credential.keyFile"),
                mistake("proxy.port", "1", "proxy.port in FILE is given without proxy.host"),
                mistake("proxy.host", "p", "proxy.port is missing (in the environment: FLEETLINE_DEVICE_PROXY_PORT)"),
                mistake("outbox.mode", "disk", "outbox.mode in FILE: \"disk\" is none of DURABLE, BUFFERED, MEMORY"),
                mistake("outbox.mode", "durable", "outbox.directory is missing, and outbox.mode DURABLE needs one"),
                mistake("outbox.maxBytes", "1k", "outbox.maxBytes in FILE: \"1k\" is not a size such as 65536, 64 KiB"),
                mistake("outbox.maxBytes", "1 KiB", "outbox.maxBytes is 1024, less than the least, 262144"),
                mistake("outbox.overflow", "panic", "\"panic\", not block, refuse, drop-oldest or keep-newest"),
                mistake("outbox.overflow", "block", "outbox.overflowTimeout is missing"),
                mistake("sending.maxFrameEvents", "x", "sending.maxFrameEvents in FILE: \"x\" is not a whole number"),
                mistake("sending.linger", "2 s", "sending.linger is PT2S, not within PT0S to PT1S"),
                mistake("commands.concurrency", "65", "commands.concurrency is 65, not within 1 to 64"),
                mistake("software", "ü", "software has 1 characters, not up to 128 printable ASCII characters"));
    }

    private static Arguments mistake(String name, String value, String message) {
        return Arguments.of(name, value, message);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("mistakes")
    void aMistakeIsNamedWithItsPlaceAndWhatIsAllowed(String name, String value, String message) throws Exception {
        Map<String, String> options = new LinkedHashMap<>(LEAST);
        options.put(name, value);
        Path file = write(lines(options));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceConfig.load(file))
                .withMessageContaining(message.replace("FILE", file.toString()));
    }

    @Test
    void anOptionThatIsGivenTwiceOrMissingIsNamed() throws Exception {
        Path twice = write(lines(LEAST) + "identity = acme/boiler-8\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceConfig.load(twice))
                .withMessage("identity is given twice in " + twice);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceConfig.fromEnvironment(environment(without("identity"))))
                .withMessage("identity is missing (in the environment: FLEETLINE_DEVICE_IDENTITY)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceConfig.fromEnvironment(environment(without("credential.secret"))))
                .withMessageContaining("a credential is missing: give one of credential.secret, credential.secretFile");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceConfig.fromEnvironment(Map.of("FLEETLINE_DEVICE_NAME", "x")))
                .withMessageContaining("FLEETLINE_DEVICE_NAME in the environment is no option");
    }

    @Test
    void aClientCertificateNeedsTls() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceClient.builder()
                        .identity(DeviceId.parse("acme/boiler-7"))
                        .endpoint(URI.create("ws://127.0.0.1:1/connect"))
                        .credential(Credential.clientCertificate(Path.of("a.pem"), Path.of("a.key")))
                        .config())
                .withMessageContaining("has no TLS");
    }

    @Test
    void nothingSecretIsInAText() throws Exception {
        Path file = write(lines(LEAST) + "proxy.host = p\nproxy.port = 1\nproxy.user = u\nproxy.password = hunter2\n");
        assertThat(DeviceConfig.load(file).toString()).doesNotContain("0123456789abcdef", "hunter2");
        assertThat(Credential.clientCertificate(file, "hunter2").toString()).doesNotContain("hunter2");
        assertThat(TokenSupplier.Token.of("hunter2").toString()).doesNotContain("hunter2");
    }

    private static Map<String, String> without(String name) {
        Map<String, String> options = new LinkedHashMap<>(LEAST);
        options.remove(name);
        return options;
    }

    private static Map<String, String> environment(Map<String, String> options) {
        Map<String, String> environment = new LinkedHashMap<>();
        options.forEach((name, value) -> environment.put(ConfigReader.environmentName(name), value));
        return environment;
    }

    private static String lines(Map<String, String> options) {
        StringBuilder lines = new StringBuilder();
        options.forEach(
                (name, value) -> lines.append(name).append(" = ").append(value).append('\n'));
        return lines.toString();
    }

    private Path write(String text) throws Exception {
        return Files.writeString(directory.resolve("device.properties"), text);
    }
}
