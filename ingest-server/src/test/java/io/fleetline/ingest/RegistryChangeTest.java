package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.identity.Enrolment;
import io.fleetline.ingest.identity.Tokens;
import io.fleetline.ingest.registry.ChangeRefusedException;
import io.fleetline.ingest.registry.DeviceCredential;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.EnrolmentToken;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the registry is changed: on one node and on several, by operators and by devices that enrol. */
class RegistryChangeTest {
    private static final RegistryStore.Cause CAUSE = new RegistryStore.Cause("test", "device.change");

    private static TestNode node;

    private final SecureRandom random = new SecureRandom();
    private final DeviceId pump = TestNode.newDeviceId();

    @BeforeAll
    static void startNode() {
        node = TestNode.start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void aChangeIsKnownWhenItIsAnsweredAndIsWrittenDown() {
        RegisteredDevice added =
                RegisteredDevice.withSecret(NewSecret.generate(random).hash());
        assertThat(change(node.server(), current -> Optional.of(added))).contains(added);
        assertThat(node.server().registry().find(pump)).contains(added);
        assertThat(change(node.server(), current -> Optional.empty())).isEmpty();
        assertThat(node.server().registry().find(pump)).isEmpty();
        List<ConsumerRecord<String, byte[]>> audit =
                node.records(node.config().kafka().topics().audit(), pump, 2);
        assertThat(new String(audit.get(0).value(), StandardCharsets.UTF_8))
                .contains("\"actor\":\"test\"", "\"action\":\"device.change\"", "\"node\":\"test-node\"");
    }

    @Test
    void aChangeThatIsRefusedChangesNothing() {
        assertThatThrownBy(() -> change(node.server(), current -> {
                    throw new ChangeRefusedException(ChangeRefusedException.Reason.MISSING, "no such device");
                }))
                .hasRootCauseInstanceOf(ChangeRefusedException.class);
        assertThat(node.server().registry().find(pump)).isEmpty();
    }

    @Test
    void changesThatTwoNodesMakeAtOnceAreAllMade() {
        PublicKey key = Tokens.p256().getPublic();
        try (IngestServer other = IngestServer.start(node.config().withNode("other"))) {
            List<CompletableFuture<Optional<RegisteredDevice>>> changes = new ArrayList<>();
            for (int i = 0; i < RegisteredDevice.MAX_CREDENTIALS; i++) {
                IngestServer asked = i % 2 == 0 ? node.server() : other;
                DeviceKey next = DeviceKey.of("k" + i, key, Validity.ALWAYS);
                changes.add(asked.registryStore().changeDevice(pump, CAUSE, current -> {
                    List<DeviceCredential> all = new ArrayList<>(
                            current.map(RegisteredDevice::credentials).orElse(List.of()));
                    all.add(next);
                    return Optional.of(new RegisteredDevice(false, all));
                }));
                if (i % 4 == 3) {
                    changes.get(i).join(); // so that the nodes take turns, too
                }
            }
            changes.forEach(CompletableFuture::join);
            for (IngestServer each : List.of(node.server(), other)) {
                Eventually.isTrue(
                        "all are known",
                        () -> each.registry()
                                .find(pump)
                                .filter(device -> device.credentials().size() == RegisteredDevice.MAX_CREDENTIALS)
                                .isPresent());
            }
        }
    }

    @Test
    void aNewDeviceTradesItsFleetsTokenForASecretOnce() throws Exception {
        NewSecret fleet = NewSecret.generate(random);
        enrolments(new EnrolmentToken("line-1", fleet.hash(), Validity.ALWAYS, new Provisioning("pump-*", false)));
        String token = Enrolment.token("acme", "line-1", fleet.secret());

        List<HttpResponse<String>> answers = IntStream.range(0, 8)
                .mapToObj(
                        i -> node.http().sendAsync(enrol(token, pump.toString()), HttpResponse.BodyHandlers.ofString()))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(answers).extracting(HttpResponse::statusCode).containsOnlyOnce(201);
        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(201, 409);
        String secret = answers.stream()
                .filter(answer -> answer.statusCode() == 201)
                .findFirst()
                .orElseThrow()
                .body();
        try (TestDevice device = node.connect(pump, secret)) {
            device.hello();
        }
        assertThat(status(enrol(token + "x", "acme/pump-2"))).isEqualTo(401);
        assertThat(status(enrol(token, "acme/valve-2"))).isEqualTo(401);
        assertThat(status(enrol(token, "globex/pump-2"))).isEqualTo(401);
        assertThat(status(enrol("nonsense", "acme/pump-2"))).isEqualTo(401);
        assertThat(status(enrol(token, "acme/..."))).isEqualTo(400);
        assertThat(status(enrol(token, "acme"))).isEqualTo(400);

        enrolments(
                new EnrolmentToken("line-1", fleet.hash(), Validity.of(0, 1_000), new Provisioning("pump-*", false)));
        assertThat(status(enrol(token, "acme/pump-3"))).isEqualTo(401);
    }

    private static void enrolments(EnrolmentToken... tokens) {
        Tenant tenant = new Tenant(false, List.of(), List.of(), Set.of(), List.of(tokens));
        node.server()
                .registryStore()
                .changeTenant("acme", new RegistryStore.Cause("test", "tenant.change"), current -> Optional.of(tenant))
                .join();
    }

    private static HttpRequest enrol(String token, String device) {
        URI url = node.server().url();
        return HttpRequest.newBuilder(URI.create("http://" + url.getAuthority() + "/enrol/" + device))
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
    }

    private static int status(HttpRequest request) throws IOException, InterruptedException {
        return node.http().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private Optional<RegisteredDevice> change(IngestServer asked, RegistryStore.Change<RegisteredDevice> change) {
        return asked.registryStore().changeDevice(pump, CAUSE, change).join();
    }
}
