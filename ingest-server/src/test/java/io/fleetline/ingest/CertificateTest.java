package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import io.fleetline.ingest.identity.RefusedAttempts;
import io.fleetline.ingest.identity.Tokens;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.registry.CertificateAuthority;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Devices that come over TLS with certificates or tokens: who is let in, who is not, and for how long. */
class CertificateTest {
    private static final TestAuthority SERVERS = TestAuthority.create("the node's");
    private static final TestAuthority FLEET = TestAuthority.create("the fleet's");
    private static final TestAuthority STRANGER = TestAuthority.create("nobody's");

    @TempDir
    static Path directory;

    private static TestNode node;

    private final DeviceId pump = TestNode.newDeviceId();

    @BeforeAll
    static void startNode() {
        TestCertificate.PemFiles files = SERVERS.server().writeTo(directory, "node");
        node = TestNode.start(config -> config.withListener(config.listener()
                .at("127.0.0.1", 0, Optional.of(new ListenerConfig.Tls(files.chain(), files.key(), false)))));
        trust(Set.of(), FLEET.certificate());
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void aDeviceWithACertificateOfItsTenantsAuthorityIsLetIn() throws Exception {
        node.register(pump);
        try (TestDevice device = TestDevice.connect(
                http(FLEET.client("acme", pump.device())), node.server().url(), Optional.empty())) {
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, TestDevice.readings(1, 3));
            device.awaitAck(Lane.NORMAL, 3);
            device.send(new DeviceFrame.Reauthenticate(TestDevice.basic(pump, "any")));
            assertThat(device.closed().code()).isEqualTo(4400);
        }
    }

    @TestFactory
    Stream<DynamicTest> whoIsNotLetIn() throws Exception {
        node.register(pump);
        TestCertificate revoked = FLEET.client("acme", pump.device());
        trust(Set.of(sha256(revoked.chain().get(0))), FLEET.certificate());
        DeviceId disabled = TestNode.newDeviceId();
        node.registrar().put(disabled, new RegisteredDevice(true, List.of()));
        Eventually.isTrue(
                "the device is known",
                () -> node.server().registry().find(disabled).isPresent());
        return Stream.of(
                refused("no certificate and no credential", null, "401"),
                refused("a stranger's authority", STRANGER.client("acme", pump.device()), "401"),
                refused("an expired certificate", FLEET.expiredClient("acme", pump.device()), "401"),
                refused("a revoked certificate", revoked, "401"),
                refused("a certificate of a server", FLEET.server("localhost"), "401"),
                refused("another tenant's device", FLEET.client("globex", pump.device()), "401"),
                refused("an unknown device", FLEET.client("acme", "nobody"), "401"),
                refused("a name that no device can have", FLEET.client("acme", "a:b"), "401"),
                refused("a disabled device", FLEET.client("acme", disabled.device()), "403"));
    }

    @Test
    void anOperatorCanReadWhoWasRefusedWhenAndWhy() throws Exception {
        long before = System.currentTimeMillis();
        assertThat(handshake(STRANGER.client("acme", pump.device()))).isEqualTo("401");
        RefusedAttempts.Attempt latest =
                node.server().refusedAttempts().latest().get(0);
        assertThat(latest.claimed()).isEqualTo(pump.toString());
        assertThat(latest.source()).isEqualTo("127.0.0.1");
        assertThat(latest.status()).isEqualTo(401);
        assertThat(latest.unixMillis()).isBetween(before, System.currentTimeMillis());
        assertThat(latest.why()).contains("trust anchor");
    }

    @Test
    void aSessionEndsSoonAfterItsCertificateOrItsAuthorityIsRevoked() throws Exception {
        node.register(pump);
        TestCertificate certificate = FLEET.client("acme", pump.device());
        for (Runnable change : List.<Runnable>of(
                () -> trust(Set.of(sha256(certificate.chain().get(0))), FLEET.certificate()),
                () -> trust(Set.of(), STRANGER.certificate()),
                () -> node.registrar().remove(pump))) {
            try (TestDevice device =
                    TestDevice.connect(http(certificate), node.server().url(), Optional.empty())) {
                device.hello();
                Instant revoked = Instant.now();
                change.run();
                assertThat(device.closed().code()).isEqualTo(4403);
                assertThat(Duration.between(revoked, Instant.now())).isLessThan(Duration.ofSeconds(10));
            } finally {
                trust(Set.of(), FLEET.certificate());
            }
        }
    }

    @Test
    void anAuthorityMayBringDevicesIntoBeing() throws Exception {
        trust(Set.of(), FLEET.certificate(), new Provisioning("pump-*", false));
        try {
            assertThat(handshake(FLEET.client("acme", "valve-1"))).isEqualTo("401");
            assertThat(handshake(FLEET.client("acme", pump.device()))).isEqualTo("503");
            Eventually.isTrue(
                    "the device is known",
                    () -> node.server().registry().find(pump).isPresent());
            assertThat(handshake(FLEET.client("acme", pump.device()))).isEqualTo("101");
        } finally {
            trust(Set.of(), FLEET.certificate());
        }
    }

    @Test
    void aDeviceWithATokenIsLetInAndMayBringTheNextOneInBand() throws Exception {
        KeyPair keys = Tokens.ed25519();
        node.registrar()
                .put(pump, new RegisteredDevice(false, List.of(DeviceKey.of("k", keys.getPublic(), Validity.ALWAYS))));
        Eventually.isTrue(
                "the device is known", () -> node.server().registry().find(pump).isPresent());
        Instant soon = Instant.now().plusSeconds(2).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        try (TestDevice device = TestDevice.connect(
                http(null), node.server().url(), Optional.of(Tokens.edDsa(keys.getPrivate(), "k", claims(soon))))) {
            device.hello();
            Instant later = soon.plusSeconds(1);
            device.send(new DeviceFrame.Reauthenticate(Tokens.edDsa(keys.getPrivate(), "k", claims(later))));
            assertThat(device.expect(ServerFrame.Reauthenticated.class).expiresMillis())
                    .isEqualTo(later.toEpochMilli());
            assertThat(device.closed().code()).isEqualTo(4401);
            assertThat(Instant.now()).isAfterOrEqualTo(later);
        }
        assertThatThrownBy(() -> TestDevice.connect(
                        http(null),
                        node.server().url(),
                        Optional.of(Tokens.edDsa(Tokens.ed25519().getPrivate(), "k", claims(soon.plusSeconds(60))))))
                .rootCause()
                .hasMessageContaining("401");
    }

    private JWTClaimsSet claims(Instant expires) {
        return new JWTClaimsSet.Builder()
                .subject(pump.toString())
                .audience("fleetline")
                .expirationTime(java.util.Date.from(expires))
                .build();
    }

    private static DynamicTest refused(String name, TestCertificate certificate, String status) {
        return DynamicTest.dynamicTest(
                name + " → " + status, () -> assertThat(handshake(certificate)).isEqualTo(status));
    }

    private static String handshake(TestCertificate certificate) throws Exception {
        try (RawPeer peer = new RawPeer(
                node.server().url(),
                "",
                SERVERS.clientContext(certificate)
                        .getSocketFactory()
                        .createSocket(
                                InetAddress.getLoopbackAddress(),
                                node.server().url().getPort()))) {
            peer.raw(peer.goodHead().replaceAll("(?m)^Authorization: .*\r\n", ""));
            return peer.httpOutcome();
        }
    }

    private static void trust(Set<String> revoked, X509Certificate authority) {
        trust(revoked, authority, Provisioning.NONE);
    }

    private static void trust(Set<String> revoked, X509Certificate authority, Provisioning provisioning) {
        Tenant tenant = new Tenant(
                false,
                List.of(),
                List.of(new CertificateAuthority("fleet", authority, provisioning)),
                revoked,
                List.of());
        node.registrar().putTenant("acme", tenant);
        Eventually.isTrue(
                "the tenant is known",
                () -> node.server().registry().tenant("acme").equals(tenant));
    }

    private static java.net.http.HttpClient http(TestCertificate certificate) throws Exception {
        return java.net.http.HttpClient.newBuilder()
                .sslContext(SERVERS.clientContext(certificate))
                .build();
    }

    private static String sha256(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
