package io.fleetline.ingest.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpServer;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.TokenIssuer;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TokenTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump");
    private static final KeyPair DEVICE_KEYS = Tokens.p256();
    private static final KeyPair ED_KEYS = Tokens.ed25519();
    private static final KeyPair ISSUER_KEYS = Tokens.p256();
    private static final KeyPair OTHER_KEYS = Tokens.p256();
    private static final String ISSUER = "https://id.acme.example";

    private final ManualTime time = new ManualTime();
    private final DeviceRegistry registry = new DeviceRegistry();
    private final IssuerKeys issuerKeys = new IssuerKeys(time, Duration.ofSeconds(2), Duration.ofMinutes(10));
    private final Authenticator authenticator =
            new Authenticator(registry, time, "fleetline", issuerKeys, NewDevices.NONE);
    private final DeviceKey deviceKey = DeviceKey.of("k1", DEVICE_KEYS.getPublic(), Validity.ALWAYS);

    TokenTest() {
        registry.put(
                PUMP,
                new RegisteredDevice(
                        false, List.of(deviceKey, DeviceKey.of("ed", ED_KEYS.getPublic(), Validity.ALWAYS))));
    }

    @Test
    void aTokenSignedWithTheDevicesOwnKeyLetsItInUntilTheTokenEnds() {
        long expires = time.unixMillis() / 1_000 * 1_000 + Duration.ofHours(1).toMillis();
        JWTClaimsSet claims = claims().expirationTime(Date.from(Instant.ofEpochMilli(expires)))
                .build();
        assertThat(authenticator.authenticate(Tokens.es256(DEVICE_KEYS, "k1", claims)))
                .isEqualTo(new Verdict.Accepted(PUMP, expires, new Grant.Own(deviceKey, expires)));
        assertThat(authenticator.authenticate(Tokens.edDsa(ED_KEYS.getPrivate(), "ed", claims)))
                .isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void aKeyThatEndsBeforeItsTokenEndsTheSession() {
        long ends = time.unixMillis() + 5_000;
        registry.put(PUMP, new RegisteredDevice(false, List.of(deviceKey.within(Validity.of(0, ends)))));
        assertThat(authenticator.authenticate(Tokens.es256(DEVICE_KEYS, "k1", claims().build())))
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> assertThat(accepted.expiresMillis()).isEqualTo(ends));
    }

    @Test
    void withinTheLeewayATokenThatIsOverStillOpensASessionForTheRestOfTheLeeway() {
        long expired = time.unixMillis() / 1_000 * 1_000 - 30_000;
        JWTClaimsSet claims = claims().expirationTime(Date.from(Instant.ofEpochMilli(expired)))
                .build();
        assertThat(authenticator.authenticate(Tokens.es256(DEVICE_KEYS, "k1", claims)))
                .isInstanceOfSatisfying(
                        Verdict.Accepted.class,
                        accepted -> assertThat(accepted.expiresMillis()).isEqualTo(expired + 60_000));
    }

    @TestFactory
    Stream<DynamicTest> whatIsWrongWithAToken() {
        long now = time.unixMillis();
        String good = claims().build().toString();
        return Stream.of(
                wrong("an unknown kid", Tokens.es256(DEVICE_KEYS, "k2", claims().build())),
                wrong("the kid in other letters", Tokens.es256(DEVICE_KEYS, "K1", claims().build())),
                wrong("a kid that is a path", Tokens.es256(DEVICE_KEYS, "../../k1", claims().build())),
                wrong("somebody else's key", Tokens.es256(OTHER_KEYS, "k1", claims().build())),
                wrong("an unknown device", Tokens.es256(DEVICE_KEYS, "k1", claims("acme/nobody"))),
                wrong("a name that no device can have", Tokens.es256(DEVICE_KEYS, "k1", claims("a b"))),
                wrong("the algorithm of another key", Tokens.edDsa(ED_KEYS.getPrivate(), "k1", claims().build())),
                wrong("a signature of zeros", Tokens.raw(header("ES256", "k1"), good, new byte[64])),
                wrong("a signature of zeros in Ed25519", Tokens.raw(header("EdDSA", "ed"), good, new byte[64])),
                wrong("a signature that is too short", Tokens.raw(header("ES256", "k1"), good, new byte[7])),
                wrong("no exp", changed(c -> c.expirationTime(null))),
                wrong(
                        "exp over by more than the leeway",
                        changed(c -> c.expirationTime(Date.from(Instant.ofEpochMilli(now - 61_000))))),
                wrong(
                        "exp more than a day ahead",
                        changed(c -> c.expirationTime(Date.from(Instant.ofEpochMilli(now + 86_400_000 + 62_000))))),
                wrong("nbf ahead", changed(c -> c.notBeforeTime(Date.from(Instant.ofEpochMilli(now + 62_000))))),
                wrong("iat ahead", changed(c -> c.issueTime(Date.from(Instant.ofEpochMilli(now + 62_000))))),
                wrong("no aud", changed(c -> c.audience((String) null))),
                wrong("another aud", changed(c -> c.audience("someone-else"))),
                wrong("an issuer that the tenant does not trust", changed(c -> c.issuer(ISSUER))),
                malformed("alg none", Tokens.raw("{\"alg\":\"none\",\"kid\":\"k1\"}", good, new byte[0])),
                malformed("HS256 with the public key", Tokens.raw(header("HS256", "k1"), good, new byte[32])),
                malformed("alg in small letters", Tokens.raw(header("es256", "k1"), good, new byte[64])),
                malformed("no alg", Tokens.raw("{\"kid\":\"k1\"}", good, new byte[64])),
                malformed("no kid", withHeader(h -> h)),
                malformed("jku", withHeader(h -> h.keyID("k1").jwkURL(URI.create("https://evil.example/jwks")))),
                malformed("x5u", withHeader(h -> h.keyID("k1").x509CertURL(URI.create("https://evil.example/x")))),
                malformed("jwk", withHeader(h -> h.keyID("k1").jwk(Tokens.jwk(DEVICE_KEYS, "k1")))),
                malformed("zip", Tokens.raw("{\"alg\":\"ES256\",\"kid\":\"k1\",\"zip\":\"DEF\"}", good, new byte[64])),
                malformed("crit", withHeader(h -> h.keyID("k1").criticalParams(Set.of("exp")))),
                malformed("encrypted", "Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA"),
                malformed("two parts", "Bearer e30.e30"),
                malformed("nothing", "Bearer "),
                malformed("no sub", changed(c -> c.subject(null))),
                wrong("a sub that is a number", Tokens.raw(header("ES256", "k1"), "{\"sub\":1}", new byte[64])),
                malformed("claims that are a list", Tokens.raw(header("ES256", "k1"), "[]", new byte[64])),
                malformed("a header 2,000 deep", Tokens.raw("[".repeat(2_000), good, new byte[64])),
                malformed("claims 2,000 deep", Tokens.raw(header("ES256", "k1"), "[".repeat(2_000), new byte[64])),
                malformed("10 KiB", Tokens.raw(header("ES256", "k".repeat(8_000)), good, new byte[64])));
    }

    @Test
    void theRightTokenOfADisabledDeviceSaysSo() {
        registry.put(PUMP, new RegisteredDevice(true, List.of(deviceKey)));
        assertThat(reason(Tokens.es256(DEVICE_KEYS, "k1", claims().build()))).isEqualTo(Verdict.Reason.DISABLED);
        assertThat(reason(Tokens.es256(OTHER_KEYS, "k1", claims().build()))).isEqualTo(Verdict.Reason.WRONG);
    }

    @Test
    void aTokenEndsWithItsKeyAndNotWithOthers() {
        Grant grant = new Grant.Own(deviceKey, time.unixMillis() + 10_000);
        assertThat(authenticator.recheck(PUMP, grant)).isEqualTo(OptionalLong.of(time.unixMillis() + 10_000));
        registry.put(
                PUMP,
                new RegisteredDevice(false, List.of(deviceKey.within(Validity.of(0, time.unixMillis() + 5_000)))));
        assertThat(authenticator.recheck(PUMP, grant)).isEqualTo(OptionalLong.of(time.unixMillis() + 5_000));
        registry.put(
                PUMP,
                new RegisteredDevice(false, List.of(DeviceKey.of("k1", OTHER_KEYS.getPublic(), Validity.ALWAYS))));
        assertThat(authenticator.recheck(PUMP, grant)).isEmpty();
    }

    @Test
    void anIssuersKeysMayStandInTheRegistry() {
        TokenIssuer issuer = new TokenIssuer(
                ISSUER, Optional.empty(), List.of(DeviceKey.of("i1", ISSUER_KEYS.getPublic(), Validity.ALWAYS)));
        trust(issuer);
        String token = Tokens.es256(ISSUER_KEYS, "i1", claims().issuer(ISSUER).build());
        assertThat(authenticator.authenticate(token)).isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> {
            assertThat(authenticator.recheck(PUMP, accepted.grant())).isPresent();
            trust();
            assertThat(authenticator.recheck(PUMP, accepted.grant())).isEmpty();
        });
        trust(issuer);
        assertThat(reason(Tokens.es256(OTHER_KEYS, "i1", claims().issuer(ISSUER).build())))
                .isEqualTo(Verdict.Reason.WRONG);
        assertThat(reason(Tokens.es256(
                        ISSUER_KEYS, "i1", claims().issuer(ISSUER + "/").build())))
                .isEqualTo(Verdict.Reason.WRONG);
        registry.remove(PUMP);
        assertThat(reason(token)).isEqualTo(Verdict.Reason.WRONG);
    }

    @Test
    void anIssuersKeysAreFetchedAndANewOneIsFoundWithoutAFloodOfRequests() throws IOException {
        AtomicReference<String> published = new AtomicReference<>(Tokens.jwks(List.of(Tokens.jwk(ISSUER_KEYS, "i1"))));
        AtomicInteger asked = new AtomicInteger();
        try (Server server = new Server(published::get, asked)) {
            trust(server.issuer());
            String token =
                    Tokens.es256(ISSUER_KEYS, "i1", claims().issuer(ISSUER).build());
            assertThat(reason(token)).isEqualTo(Verdict.Reason.NOT_YET);
            Awaitility.await().until(() -> authenticator.authenticate(token) instanceof Verdict.Accepted);

            published.set(Tokens.jwks(List.of(Tokens.jwk(OTHER_KEYS, "i2"))));
            String next = Tokens.es256(OTHER_KEYS, "i2", claims().issuer(ISSUER).build());
            for (int i = 0; i < 50; i++) {
                assertThat(reason(next)).isEqualTo(Verdict.Reason.WRONG);
            }
            assertThat(asked).hasValue(1);
            time.pass(IssuerKeys.MIN_PAUSE);
            Awaitility.await().until(() -> authenticator.authenticate(next) instanceof Verdict.Accepted);
            assertThat(asked).hasValue(2);
            assertThat(reason(token)).as("a key that is published no more").isEqualTo(Verdict.Reason.WRONG);
        }
        time.pass(Duration.ofMinutes(11));
        String still = Tokens.es256(OTHER_KEYS, "i2", claims().issuer(ISSUER).build());
        assertThat(authenticator.authenticate(still))
                .as("the issuer cannot be reached now")
                .isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void anIssuerThatTricklesOrTalksTooMuchHoldsNobodyUp() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (Server silent = new Server(() -> await(never), new AtomicInteger());
                Server chatty = new Server(() -> " ".repeat(300 * 1024) + "{\"keys\":[]}", new AtomicInteger())) {
            for (Server server : List.of(silent, chatty)) {
                trust(server.issuer());
                String token =
                        Tokens.es256(ISSUER_KEYS, "i1", claims().issuer(ISSUER).build());
                assertThat(reason(token)).isEqualTo(Verdict.Reason.NOT_YET);
                if (server == silent) {
                    assertThat(issuerKeys.isFetching(server.issuer()))
                            .as("answered although the fetch goes on")
                            .isTrue();
                }
                Awaitility.await()
                        .untilAsserted(() -> assertThat(issuerKeys.isFetching(server.issuer()))
                                .isFalse());
                assertThat(issuerKeys.find(server.issuer(), "i1")).isEmpty();
            }
            never.countDown();
        }
    }

    private DynamicTest wrong(String name, String token) {
        return DynamicTest.dynamicTest(
                name, () -> assertThat(reason(token)).as(name).isEqualTo(Verdict.Reason.WRONG));
    }

    private DynamicTest malformed(String name, String token) {
        return DynamicTest.dynamicTest(
                name, () -> assertThat(reason(token)).as(name).isEqualTo(Verdict.Reason.MALFORMED));
    }

    private Verdict.Reason reason(String token) {
        Verdict verdict = authenticator.authenticate(token);
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return ((Verdict.Refused) verdict).reason();
    }

    private void trust(TokenIssuer... issuers) {
        registry.putTenant("acme", new Tenant(false, List.of(issuers), List.of(), Set.of(), List.of()));
    }

    private JWTClaimsSet.Builder claims() {
        return Tokens.claims(PUMP.toString(), time.unixMillis());
    }

    private JWTClaimsSet claims(String subject) {
        return Tokens.claims(subject, time.unixMillis()).build();
    }

    private String changed(UnaryOperator<JWTClaimsSet.Builder> change) {
        return Tokens.es256(DEVICE_KEYS, "k1", change.apply(claims()).build());
    }

    private String withHeader(UnaryOperator<JWSHeader.Builder> header) {
        return Tokens.es256(DEVICE_KEYS, claims().build(), header);
    }

    private static String header(String algorithm, String kid) {
        return "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\"}";
    }

    private static String await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "";
    }

    /** Publishes keys on this machine. */
    private static final class Server implements AutoCloseable {
        private final HttpServer http;

        Server(java.util.function.Supplier<String> body, AtomicInteger asked) throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext("/jwks", exchange -> {
                asked.incrementAndGet();
                byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            http.start();
        }

        TokenIssuer issuer() {
            URI jwks = URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/jwks");
            return new TokenIssuer(ISSUER, Optional.of(jwks), List.of());
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }
}
