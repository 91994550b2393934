package io.fleetline.device;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.fleetline.device.fake.ConnectProxy;
import io.fleetline.device.fake.FakeNode;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.SocketNode;
import io.fleetline.device.fake.SocketNode.Refusal;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against nodes and proxies behind real sockets: whom it trusts, what it shows, and what it makes of refusals. */
class RealSocketsTest {
    private static final DeviceId BOILER = DeviceId.parse("acme/boiler-7");
    private static final Duration SOON = Duration.ofSeconds(15);

    private static TestAuthority authority;
    private static TestAuthority stranger;
    private static DeviceRuntime runtime;

    @TempDir
    Path directory;

    private final FakeNode node =
            new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);

    @BeforeAll
    static void prepare() {
        authority = TestAuthority.create();
        stranger = TestAuthority.create("A stranger");
        runtime = DeviceRuntime.create();
    }

    @AfterAll
    static void end() {
        runtime.close();
    }

    private SocketNode secure() throws Exception {
        return new SocketNode(node, Optional.of(authority.server()));
    }

    private DeviceClientBuilder builder(URI... endpoints) {
        return DeviceClient.builder()
                .runtime(runtime)
                .endpoint(endpoints)
                .identity(BOILER)
                .secret("s3cret")
                .trustedCertificates(authority.writeCertificate(directory));
    }

    private void assertStores(DeviceClientBuilder builder) throws Exception {
        try (DeviceClient client = builder.build()) {
            client.start().publish("t", 1).toCompletableFuture().get(15, SECONDS);
        }
        assertThat(node.breaches()).isEmpty();
    }

    private static ConnectionStatus refused(DeviceClientBuilder builder, DisconnectReason reason) {
        try (DeviceClient client = builder.build()) {
            client.start();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.status().reason()).contains(reason));
            ConnectionStatus status = client.status();
            client.close(Duration.ZERO);
            return status;
        }
    }

    // How TLS begins.

    @Test
    void aTlsSessionIsResumedByTheNextConnectionWhicheverClientMakesIt() throws Exception {
        try (DeviceRuntime fresh = DeviceRuntime.create();
                SocketNode socket = secure()) {
            Path trusted = authority.writeCertificate(directory);
            Function<String, DeviceClientBuilder> onOneRuntime = host -> DeviceClient.builder()
                    .runtime(fresh)
                    .endpoint(socket.url(host))
                    .identity(BOILER)
                    .secret("s3cret")
                    .trustedCertificates(trusted);
            assertStores(onOneRuntime.apply("localhost"));
            assertThat(socket.fullHandshakes()).isEqualTo(1);
            assertStores(onOneRuntime.apply("localhost").identity(DeviceId.parse("acme/boiler-8")));
            assertThat(socket.fullHandshakes()).as("of another device").isEqualTo(1);

            try (DeviceClient client = onOneRuntime.apply("localhost").build()) {
                client.start().publish("t", 1).toCompletableFuture().get(15, SECONDS);
                node.latest().cut();
                client.publish("t", 2).toCompletableFuture().get(15, SECONDS);
            }
            assertThat(node.connections()).hasSize(4);
            assertThat(socket.fullHandshakes()).as("after a cut").isEqualTo(1);

            assertStores(onOneRuntime.apply("127.0.0.1"));
            assertThat(socket.fullHandshakes())
                    .as("under another name, for which the certificate has to be checked")
                    .isEqualTo(2);
        }
    }

    // Whom a device trusts.

    @Test
    void aNodeOfTheTrustedAuthorityIsTrustedByNameAndByAddress() throws Exception {
        try (SocketNode socket = secure()) {
            assertStores(builder(socket.url("localhost")));
            assertStores(builder(socket.url("127.0.0.1")));
        }
    }

    @Test
    void aForeignAuthorityIsRefusedAndTheDeviceIsHeldOff() throws Exception {
        try (SocketNode socket = new SocketNode(node, Optional.of(stranger.server()))) {
            ConnectionStatus status = refused(builder(socket.url()), DisconnectReason.UNTRUSTED_NODE);
            assertThat(status.state()).isEqualTo(ConnectionState.HELD_OFF);
            assertThat(status.nextAttempt().orElseThrow()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(60));
            assertThat(node.received()).isEmpty();
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.expiredServer()))) {
            ConnectionStatus status = refused(builder(socket.url()), DisconnectReason.UNTRUSTED_NODE);
            assertThat(status.detail()).contains("NotAfter");
        }
    }

    @Test
    void aCertificateOfAnotherNameIsRefused() throws Exception {
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server("other.example")))) {
            refused(builder(socket.url("localhost")), DisconnectReason.UNTRUSTED_NODE);
            refused(builder(socket.url("127.0.0.1")), DisconnectReason.UNTRUSTED_NODE);
        }
    }

    @Test
    void aNodeWithoutTlsIsNoNode() throws Exception {
        try (SocketNode socket = new SocketNode(node, Optional.empty())) {
            URI secure = URI.create(socket.url().toString().replace("ws://", "wss://"));
            refused(builder(secure), DisconnectReason.UNTRUSTED_NODE);
        }
    }

    @Test
    void aHandshakeThatIsCutOffSaysNothingOfTheNodesCertificate() throws Exception {
        for (boolean reset : new boolean[] {true, false}) {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Thread cutting = new Thread(() -> cutOff(server, reset));
                cutting.setDaemon(true);
                cutting.start();

                ConnectionStatus status = refused(
                        builder(URI.create("wss://127.0.0.1:" + server.getLocalPort() + "/connect")),
                        DisconnectReason.UNREACHABLE);

                assertThat(status.state()).isNotEqualTo(ConnectionState.HELD_OFF);
            }
        }
    }

    /** Ends each connection once the device has begun the handshake: with a reset, or in good order. */
    private static void cutOff(ServerSocket server, boolean reset) {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    int unused = socket.getInputStream().read();
                    if (reset) {
                        socket.setSoLinger(true, 0);
                    } else {
                        byte[] rest = new byte[16 * 1024];
                        int unusedRest = socket.getInputStream().read(rest);
                    }
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    // What a device shows.

    @Test
    void aSecretIsShownAsBasicCredentials() throws Exception {
        try (SocketNode socket = secure()) {
            assertStores(builder(socket.url()));
            assertThat(socket.authorizations()).containsExactly("Basic " + base64("acme/boiler-7:s3cret"));
        }
    }

    @Test
    void aSecretInAFileIsReadAgainWhenTheOldOneIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), "old\n");
        try (SocketNode socket = secure()) {
            socket.doorkeeper(shown -> {
                writeQuietly(file, "new\n");
                return shown.equals("Basic " + base64("acme/boiler-7:new"))
                        ? Optional.empty()
                        : Optional.of(new Refusal(401, Optional.empty(), Optional.empty()));
            });
            assertStores(builder(socket.url()).credential(Credential.secretFile(file)));
            assertThat(socket.authorizations()).hasSize(2);
        }
    }

    @Test
    void anUnreadableSecretIsNoCredential() throws Exception {
        try (SocketNode socket = secure()) {
            ConnectionStatus status = refused(
                    builder(socket.url()).credential(Credential.secretFile(directory.resolve("missing"))),
                    DisconnectReason.NO_CREDENTIAL);
            assertThat(status.detail()).contains("cannot read the secret in " + directory.resolve("missing"));
        }
    }

    @Test
    void aTokenIsSignedWithTheDevicesOwnKey() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        assertThat(keys.getPublic()).isInstanceOf(EdECPublicKey.class);
        try (SocketNode socket = secure()) {
            assertStores(builder(socket.url()).credential(Credential.signingKey(pem(keys), "key-1", "fleetline")));
            String[] parts =
                    socket.authorizations().get(0).substring("Bearer ".length()).split("\\.", -1);
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(keys.getPublic());
            verifier.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            assertThat(verifier.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
            Map<?, ?> claims = claims(parts[1]);
            assertThat(claims.get("sub")).isEqualTo("acme/boiler-7");
            assertThat((long) claims.get("exp") - (long) claims.get("iat")).isEqualTo(3600);
            assertThat((long) claims.get("iat"))
                    .isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.api.Assertions.within(30L));
        }
    }

    private static Map<?, ?> claims(String base64url) {
        String json = new String(Base64.getUrlDecoder().decode(base64url), StandardCharsets.UTF_8);
        return (Map<?, ?>) BodyCodec.decode(BodyCodec.fromJson(json));
    }

    private Path pem(KeyPair keys) throws Exception {
        return Files.writeString(
                directory.resolve("device.key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    @Test
    void aTokenOnP256Too() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        try (SocketNode socket = secure()) {
            assertStores(builder(socket.url())
                    .credential(Credential.signingKey(pem(generator.generateKeyPair()), "key-1", "fleetline")));
            assertThat(socket.authorizations().get(0)).startsWith("Bearer ey");
        }
    }

    @Test
    void suppliedTokensAreRenewedOnTheOpenConnection() throws Exception {
        AtomicInteger supplied = new AtomicInteger();
        TokenSupplier supplier = () -> {
            int number = supplied.incrementAndGet();
            return TokenSupplier.Token.until("token-" + number, Instant.now().plusSeconds(number == 1 ? 2 : 3600));
        };
        try (SocketNode socket = secure();
                DeviceClient client = builder(socket.url())
                        .credential(Credential.tokens(supplier))
                        .build()) {
            client.start();
            await().atMost(SOON)
                    .until(() -> node.received().contains(new DeviceFrame.Reauthenticate("Bearer token-2")));
            client.publish("t", 1).toCompletableFuture().get(15, SECONDS);
            assertThat(socket.authorizations()).containsExactly("Bearer token-1");
            client.close(Duration.ZERO);
        }
    }

    @Test
    void aTokenThatIsRefusedIsAskedForOnceMore() throws Exception {
        AtomicInteger supplied = new AtomicInteger();
        try (SocketNode socket = secure()) {
            socket.doorkeeper(shown -> shown.equals("Bearer token-2")
                    ? Optional.empty()
                    : Optional.of(new Refusal(401, Optional.empty(), Optional.empty())));
            assertStores(builder(socket.url())
                    .credential(
                            Credential.tokens(() -> TokenSupplier.Token.of("token-" + supplied.incrementAndGet()))));
            assertThat(supplied).hasValue(2);
        }
    }

    @Test
    void aClientCertificateInPemFilesIsShownWithinTls() throws Exception {
        TestCertificate certificate = authority.client("acme", "boiler-7");
        TestCertificate.PemFiles files = certificate.writeTo(directory, "device");
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server()), Optional.of(authority))) {
            assertStores(builder(socket.url()).credential(Credential.clientCertificate(files.chain(), files.key())));
            assertThat(socket.certificates())
                    .containsExactly(Optional.of(certificate.chain().get(0)));
            assertThat(socket.authorizations()).containsExactly("null");
        }
    }

    @Test
    void aClientCertificateInAPkcs12FileToo() throws Exception {
        TestCertificate certificate = authority.client("acme", "boiler-7");
        Path file = directory.resolve("device.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            certificate.keyStore("changeit".toCharArray()).store(out, "changeit".toCharArray());
        }
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server()), Optional.of(authority))) {
            assertStores(builder(socket.url()).credential(Credential.clientCertificate(file, "changeit")));
            assertThat(socket.certificates())
                    .containsExactly(Optional.of(certificate.chain().get(0)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(socket.url())
                            .credential(Credential.clientCertificate(file, "wrong"))
                            .build())
                    .withMessageContaining("cannot read " + file + " as PKCS #12 with the password that was given");
        }
    }

    @Test
    void aClientCertificateThatWasReplacedIsShownOnTheNextConnection() throws Exception {
        TestCertificate.PemFiles files = authority.client("acme", "boiler-7").writeTo(directory, "device");
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server()), Optional.of(authority));
                DeviceClient client = builder(socket.url())
                        .credential(Credential.clientCertificate(files.chain(), files.key()))
                        .build()) {
            client.start().publish("t", 1).toCompletableFuture().get(15, SECONDS);
            TestCertificate next = authority.client("acme", "boiler-7");
            next.writeTo(directory, "device");
            node.latest().close(1012, "restart");
            await().atMost(SOON).until(() -> socket.certificates().size() == 2);
            assertThat(socket.certificates().get(1)).contains(next.chain().get(0));
            client.close(Duration.ZERO);
        }
    }

    @Test
    void aClientCertificateOfAForeignAuthorityOrNoneIsRefusedAndTheDeviceIsHeldOff() throws Exception {
        TestCertificate.PemFiles files = stranger.client("acme", "boiler-7").writeTo(directory, "device");
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server()), Optional.of(authority))) {
            Credential foreign = Credential.clientCertificate(files.chain(), files.key());
            ConnectionStatus status =
                    refused(builder(socket.url()).credential(foreign), DisconnectReason.UNTRUSTED_NODE);
            assertThat(status.state()).isEqualTo(ConnectionState.HELD_OFF);
            refused(builder(socket.url()), DisconnectReason.UNTRUSTED_NODE);
        }
    }

    @Test
    void devicesWithCertificatesOfTheirOwnShareTheThreadsOfTheirRuntime() throws Exception {
        List<DeviceClient> clients = new ArrayList<>();
        try (SocketNode socket = new SocketNode(node, Optional.of(authority.server()), Optional.of(authority));
                DeviceRuntime shared = DeviceRuntime.create()) {
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                TestCertificate.PemFiles files =
                        authority.client("acme", "d" + i).writeTo(directory, "d" + i);
                DeviceClient client = builder(socket.url())
                        .runtime(shared)
                        .identity(DeviceId.parse("acme/d" + i))
                        .credential(Credential.clientCertificate(files.chain(), files.key()))
                        .build();
                clients.add(client);
                receipts.add(client.start().publish("t", i).toCompletableFuture());
            }
            for (CompletableFuture<Receipt> receipt : receipts) {
                receipt.get(30, SECONDS);
            }
            assertThat(socket.certificates()).doesNotHaveDuplicates().hasSize(12);
            assertThat(Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("fleetline-net")))
                    .hasSizeLessThanOrEqualTo(8);
            clients.forEach(client -> client.close(Duration.ZERO));
        }
    }

    @Test
    void filesThatCannotBeReadAreNamedAtOnce() {
        Path missing = directory.resolve("missing.pem");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(URI.create("wss://127.0.0.1:9/connect"))
                        .trustedCertificates(missing)
                        .build())
                .withMessageContaining("cannot read " + missing);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(URI.create("wss://127.0.0.1:9/connect"))
                        .credential(Credential.clientCertificate(missing, missing))
                        .build())
                .withMessageContaining("cannot read " + missing);
    }

    // What a device makes of refusals.

    @Test
    void aRefusedSecretIsSaidAndTriedAgainWithBackoff() throws Exception {
        // How often it has been tried by the time that the state is looked at, nobody knows.
        assertRefusal(401, "", "", DisconnectReason.BAD_CREDENTIAL, ConnectionState.WAITING, 0, 60);
    }

    @Test
    void aDisabledDeviceIsHeldOff() throws Exception {
        assertRefusal(403, "", "", DisconnectReason.DISABLED, ConnectionState.HELD_OFF, 290, 3600);
    }

    @Test
    void aFullNodeIsLeftAloneAsLongAsItAsks() throws Exception {
        assertRefusal(503, "20", "", DisconnectReason.NODE_BUSY, ConnectionState.WAITING, 15, 30);
    }

    @Test
    void anAbsurdRetryAfterIsBounded() throws Exception {
        assertRefusal(503, "999999999", "", DisconnectReason.NODE_BUSY, ConnectionState.WAITING, 590, 900);
    }

    @Test
    void aRedirectIsNotFollowedWhereverItLeads() throws Exception {
        try (SocketNode elsewhere = new SocketNode(node, Optional.empty())) {
            assertRefusal(
                    307,
                    "",
                    elsewhere.url().toString(),
                    DisconnectReason.WRONG_ENDPOINT,
                    ConnectionState.HELD_OFF,
                    290,
                    3600);
            assertThat(elsewhere.authorizations()).isEmpty();
        }
    }

    private void assertRefusal(
            int status,
            String retryAfter,
            String location,
            DisconnectReason reason,
            ConnectionState state,
            int least,
            int most)
            throws Exception {
        try (SocketNode socket = secure()) {
            socket.doorkeeper(shown -> Optional.of(new Refusal(
                    status,
                    Optional.of(retryAfter).filter(text -> !text.isEmpty()),
                    Optional.of(location).filter(text -> !text.isEmpty()))));
            ConnectionStatus seen = refused(builder(socket.url()), reason);
            assertThat(seen.state()).isIn(state, ConnectionState.CONNECTING);
            assertThat(seen.detail()).contains("HTTP " + status);
            seen.nextAttempt()
                    .ifPresent(
                            pause -> assertThat(pause).isBetween(Duration.ofSeconds(least), Duration.ofSeconds(most)));
        }
    }

    // Other ways in, and other starts.

    @Test
    void aNodeThatIsDownIsPassedOver() throws Exception {
        try (SocketNode socket = secure()) {
            URI dead = URI.create("wss://127.0.0.1:9/connect");
            assertStores(builder(dead, socket.url()));
        }
    }

    @Test
    void aProxyMakesATunnelThatTheDeviceGoesThrough() throws Exception {
        try (SocketNode socket = secure();
                ConnectProxy proxy = new ConnectProxy(Optional.empty())) {
            assertStores(builder(socket.url("localhost")).proxy(ProxyConfig.of("127.0.0.1", proxy.port())));
            assertThat(proxy.tunnels())
                    .containsExactly("localhost:" + socket.url().getPort());
        }
    }

    @Test
    void aProxyThatWantsALoginGetsItAndTheNodeDoesNot() throws Exception {
        try (SocketNode socket = secure();
                ConnectProxy proxy = new ConnectProxy(Optional.of("boiler:p:w"))) {
            assertStores(builder(socket.url())
                    .proxy(ProxyConfig.of("127.0.0.1", proxy.port()).login("boiler", "p:w")));
            assertThat(socket.authorizations()).containsExactly("Basic " + base64("acme/boiler-7:s3cret"));
        }
    }

    @Test
    void aProxyThatRefusesTheLoginHoldsTheDeviceOff() throws Exception {
        try (SocketNode socket = secure();
                ConnectProxy proxy = new ConnectProxy(Optional.of("boiler:right"))) {
            ConnectionStatus status = refused(
                    builder(socket.url())
                            .proxy(ProxyConfig.of("127.0.0.1", proxy.port()).login("boiler", "wrong")),
                    DisconnectReason.WRONG_ENDPOINT);
            assertThat(status.state()).isEqualTo(ConnectionState.HELD_OFF);
            assertThat(status.detail()).isEqualTo("the proxy made no tunnel, but answered HTTP 407");
        }
    }

    @Test
    void aNodeBehindAProxyIsCheckedAsAnyOther() throws Exception {
        try (SocketNode socket = new SocketNode(node, Optional.of(stranger.server()));
                ConnectProxy proxy = new ConnectProxy(Optional.empty())) {
            refused(
                    builder(socket.url()).proxy(ProxyConfig.of("127.0.0.1", proxy.port())),
                    DisconnectReason.UNTRUSTED_NODE);
        }
    }

    @Test
    void whatWasNotSentGoesOutAfterARestartFromDisk() throws Exception {
        Path outbox = directory.resolve("outbox");
        try (SocketNode socket = secure()) {
            DeviceClient before =
                    builder(socket.url()).outbox(OutboxConfig.durable(outbox)).build();
            List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                receipts.add(before.publish("t", i).toCompletableFuture());
            }
            assertThat(before.close(Duration.ZERO)).isFalse();
            assertThat(receipts.get(0))
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withCauseInstanceOf(ClientClosedException.class);

            try (DeviceClient after =
                    builder(socket.url()).outbox(OutboxConfig.durable(outbox)).build()) {
                Receipt receipt =
                        after.start().publish("t", 20).toCompletableFuture().get(15, SECONDS);
                assertThat(receipt.seq()).isEqualTo(21);
                assertThat(receipt.mode()).isEqualTo(OutboxMode.DURABLE);
                assertThat(after.flush(SOON)).isTrue();
            }
        }
        assertThat(node.numbers(Lane.NORMAL)).hasSize(21).isSorted().doesNotHaveDuplicates();
        assertThat(node.breaches()).isEmpty();
    }

    private static void writeQuietly(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
