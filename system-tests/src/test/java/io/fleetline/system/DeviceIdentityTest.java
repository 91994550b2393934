package io.fleetline.system;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.backend.Delivery;
import io.fleetline.backend.Event;
import io.fleetline.backend.EventReader;
import io.fleetline.backend.StartAt;
import io.fleetline.device.ConnectionStatus;
import io.fleetline.device.Credential;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.DisconnectReason;
import io.fleetline.device.Receipt;
import io.fleetline.device.Statistics;
import io.fleetline.device.TokenSupplier.Token;
import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.IngestServer;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.ingest.registry.CertificateAuthority;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.protocol.DeviceId;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import io.fleetline.testkit.kafka.TestKafka;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The SDK and a node of ours over TLS, with each kind of credential that a device may have: what one side makes, the other
 * takes, and events lie in Kafka under the name that was proved.
 */
class DeviceIdentityTest {
    private static final DeviceId SECRET = DeviceId.parse("acme/secret");
    private static final DeviceId ES256 = DeviceId.parse("acme/es256");
    private static final DeviceId ED_DSA = DeviceId.parse("acme/eddsa");
    private static final DeviceId CERTIFICATE = DeviceId.parse("acme/certificate");
    private static final char[] PASSWORD = "of the key store".toCharArray();

    private static final TestAuthority NODES = TestAuthority.create("of the nodes");
    private static final TestAuthority FLEET = TestAuthority.create("of the fleet");

    @TempDir
    static Path directory;

    private static KeyPair p256;
    private static KeyPair ed25519;
    private static String secret;
    private static Path trusted;
    private static IngestConfig config;
    private static IngestServer node;
    private static DeviceRuntime runtime;

    @BeforeAll
    static void startNode() throws Exception {
        KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
        elliptic.initialize(new ECGenParameterSpec("secp256r1"));
        p256 = elliptic.generateKeyPair();
        ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        trusted = NODES.writeCertificate(directory);
        TestCertificate.PemFiles files = NODES.server().writeTo(directory, "node");
        String prefix = TestKafka.uniqueName("identity") + ".";
        KafkaConfig kafka = KafkaConfig.DEFAULTS
                .withBootstrapServers(TestKafka.shared().bootstrapServers())
                .withTopics(new TopicNames(
                        prefix + "events",
                        prefix + "dead-letters",
                        prefix + "commands",
                        prefix + "command-updates",
                        prefix + "devices",
                        prefix + "tenants",
                        prefix + "audit"))
                .forSingleBroker(3);
        config = IngestConfig.DEFAULTS
                .withListener(ListenerConfig.DEFAULTS.at(
                        "127.0.0.1", 0, Optional.of(new ListenerConfig.Tls(files.chain(), files.key(), false))))
                .withKafka(kafka)
                .withBudgetBytes(8 * 1024 * 1024)
                .withDrainTime(Duration.ZERO);
        // A node takes no device before it has read the registry to its end.
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(kafka)) {
            secret = registrar.register(SECRET);
            registrar.put(ES256, withKey(p256));
            registrar.put(ED_DSA, withKey(ed25519));
            registrar.put(CERTIFICATE, new RegisteredDevice(false, List.of()));
            CertificateAuthority authority = new CertificateAuthority("fleet", FLEET.certificate(), Provisioning.NONE);
            registrar.putTenant("acme", new Tenant(false, List.of(), List.of(authority), Set.of(), List.of()));
        }
        node = IngestServer.start(config);
        runtime = DeviceRuntime.create();
    }

    private static RegisteredDevice withKey(KeyPair keys) {
        return new RegisteredDevice(false, List.of(DeviceKey.of("k1", keys.getPublic(), Validity.ALWAYS)));
    }

    @AfterAll
    static void stopNode() {
        runtime.close();
        node.close();
    }

    private static DeviceClientBuilder builder(DeviceId id, Credential credential) {
        return DeviceClient.builder()
                .runtime(runtime)
                .endpoint(node.url())
                .identity(id)
                .credential(credential)
                .trustedCertificates(trusted);
    }

    private static void assertIsLetIn(DeviceId id, Credential credential) throws Exception {
        try (DeviceClient client = builder(id, credential).build().start()) {
            assertIsInKafka(id, publish(client));
            assertThat(client.statistics().connects()).isEqualTo(1);
            assertThat(client.statistics().failures()).isZero();
        }
    }

    private static Receipt publish(DeviceClient client) throws Exception {
        return client.publish("identity/proved", 1).toCompletableFuture().get(60, SECONDS);
    }

    /** Kafka has the event under the device's name. */
    private static void assertIsInKafka(DeviceId id, Receipt receipt) {
        try (EventReader reader = EventReader.builder()
                .bootstrapServers(TestKafka.shared().bootstrapServers())
                .topics(config.kafka().topics().events())
                .startAt(StartAt.earliest())
                .build()) {
            long endNanos = System.nanoTime() + SECONDS.toNanos(60);
            while (System.nanoTime() < endNanos) {
                for (Delivery delivery : reader.poll(Duration.ofMillis(100)).deliveries()) {
                    if (delivery instanceof Event event
                            && event.device().equals(id)
                            && event.store() == receipt.store()
                            && event.seq() == receipt.seq()) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError(receipt + " of " + id + " is not in Kafka");
    }

    private static void assertIsRefused(DeviceId id, Credential credential) throws Exception {
        CompletableFuture<ConnectionStatus> refused = new CompletableFuture<>();
        try (DeviceClient client = builder(id, credential)
                .onConnectionChange(status -> {
                    if (status.reason().isPresent()) {
                        refused.complete(status);
                    }
                })
                .build()
                .start()) {
            assertThat(refused.get(60, SECONDS).reason()).contains(DisconnectReason.BAD_CREDENTIAL);
            client.close(Duration.ZERO);
        }
        assertThat(node.refusedAttempts().latest())
                .anySatisfy(attempt -> assertThat(attempt.status()).isEqualTo(401));
    }

    @Test
    void aSecretIsTakenAndAnotherOneIsNot() throws Exception {
        assertIsLetIn(SECRET, Credential.secret(secret));
        assertIsRefused(SECRET, Credential.secret(secret + "x"));
    }

    @Test
    void aTokenSignedWithTheDevicesOwnKeyOnP256IsTaken() throws Exception {
        assertIsLetIn(ES256, Credential.signingKey(p256.getPrivate(), "k1", "fleetline"));
    }

    @Test
    void aTokenSignedWithTheDevicesOwnEd25519KeyIsTaken() throws Exception {
        assertIsLetIn(ED_DSA, Credential.signingKey(ed25519.getPrivate(), "k1", "fleetline"));
    }

    @Test
    void aTokenOfAnotherKeyOrForSomebodyElseIsNot() throws Exception {
        assertIsRefused(ED_DSA, Credential.signingKey(p256.getPrivate(), "k1", "fleetline"));
        assertIsRefused(ES256, Credential.signingKey(p256.getPrivate(), "k1", "another-fleet"));
    }

    @Test
    void aClientCertificateInPemFilesIsTaken() throws Exception {
        TestCertificate.PemFiles files =
                FLEET.client("acme", CERTIFICATE.device()).writeTo(directory, "device");
        assertIsLetIn(CERTIFICATE, Credential.clientCertificate(files.chain(), files.key()));
    }

    @Test
    void aClientCertificateInAPkcs12FileIsTaken() throws Exception {
        assertIsLetIn(CERTIFICATE, pkcs12("device.p12", FLEET.client("acme", CERTIFICATE.device())));
    }

    @Test
    void aClientCertificateOfAStrangerIsNot() throws Exception {
        TestCertificate strangers = TestAuthority.create("a stranger").client("acme", CERTIFICATE.device());
        assertIsRefused(CERTIFICATE, pkcs12("stranger.p12", strangers));
    }

    private static Credential pkcs12(String name, TestCertificate certificate) throws Exception {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            certificate.keyStore(PASSWORD).store(out, PASSWORD);
        }
        return Credential.clientCertificate(file, new String(PASSWORD));
    }

    /** The first token ends within the test, and the connection goes on with what was handed over in time. */
    @Test
    @Tag("interop")
    void aConnectionOutlivesItsTokenWhereTheNextOneIsHandedOverOnIt() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Instant firstEnds = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 10);
        CompletableFuture<Void> renewed = new CompletableFuture<>();
        Credential tokens = Credential.tokens(() -> {
            if (asked.incrementAndGet() == 1) {
                // Said to end sooner than it does, so that a busy machine is not late with the next.
                return Token.until(token(ES256, p256, firstEnds), firstEnds.minusSeconds(4));
            }
            renewed.complete(null);
            Instant ends = firstEnds.plusSeconds(600);
            return Token.until(token(ES256, p256, ends), ends);
        });
        try (DeviceClient client = builder(ES256, tokens).build().start()) {
            publish(client);
            renewed.get(60, SECONDS);
            long leftMillis = Duration.between(Instant.now(), firstEnds).toMillis() + 500;
            new CompletableFuture<Void>()
                    .completeOnTimeout(null, leftMillis, MILLISECONDS)
                    .join();
            assertIsInKafka(ES256, publish(client));
            Statistics after = client.statistics();
            assertThat(after.connects()).as("one connection, over both tokens").isEqualTo(1);
            assertThat(after.failures()).isZero();
        }
        assertThat(asked).hasValue(2);
    }

    /** Made by hand, as another issuer's library would. */
    private static String token(DeviceId subject, KeyPair keys, Instant ends) throws Exception {
        String input = base64("{\"alg\":\"ES256\",\"kid\":\"k1\"}") + "."
                + base64("{\"sub\":\"" + subject + "\",\"aud\":\"fleetline\",\"exp\":" + ends.getEpochSecond() + "}");
        Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
        signer.initSign(keys.getPrivate());
        signer.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign());
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
