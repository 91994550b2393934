package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.ingest.admin.AdminConfig;
import io.fleetline.ingest.identity.Tokens;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.testkit.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do over HTTP, and what devices notice of it. */
class AdminTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static TestNode node;
    private static Admin admin;

    private final DeviceId pump = TestNode.newDeviceId();
    private final String path = "/api/v1/devices/" + pump;

    /** An answer, its body as JSON where it is some. */
    private record Answer(int status, JsonNode body, String text) {}

    /** Speaks to one node's admin port. */
    private record Admin(URI url, Map<String, String> tokens, HttpClient http) {
        static Admin of(IngestServer server, Path file) {
            try {
                Map<String, String> tokens = Files.readAllLines(file).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split(" "))
                        .collect(Collectors.toMap(parts -> parts[1], parts -> parts[2]));
                return new Admin(server.adminUrl().orElseThrow(), tokens, HttpClient.newHttpClient());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        Answer ask(String role, String method, String path, String body) {
            HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                    .header("Authorization", "Bearer " + tokens.getOrDefault(role, "nobody"))
                    .method(
                            method,
                            body.isEmpty()
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(body))
                    .build();
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                boolean json =
                        response.headers().firstValue("Content-Type").orElse("").endsWith("json");
                return new Answer(response.statusCode(), json ? JSON.readTree(response.body()) : null, response.body());
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        Answer get(String path) {
            return ask("read", "GET", path, "");
        }
    }

    @BeforeAll
    static void startNode() {
        Path tokens = directory.resolve("admin.tokens");
        node = TestNode.start(config -> config.withAdmin(new AdminConfig("127.0.0.1", 0, Optional.of(tokens), false)));
        admin = Admin.of(node.server(), tokens);
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void theTokensAreMadeAtFirstStartForTheirOwnerOnly() throws IOException {
        Path file = directory.resolve("admin.tokens");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(admin.tokens()).containsOnlyKeys("read", "operate", "admin");
    }

    @Test
    void aDeviceLivesFromItsFirstSecretToItsRemoval() {
        Answer added = admin.ask("admin", "POST", "/api/v1/devices", "{\"device\":\"" + pump + "\"}");
        assertThat(added.status()).isEqualTo(201);
        String secret = added.body().path("secret").asText();
        assertThat(admin.get(path).text()).doesNotContain(secret).doesNotContain("secret\":");
        TestDevice device = node.connect(pump, secret);
        device.hello();

        Answer rotated = admin.ask("operate", "POST", path + "/credentials", "{\"overlapSeconds\":3600}");
        assertThat(rotated.body().path("credentials")).hasSize(2);
        assertThat(rotated.body().path("credentials").get(0).path("until").asLong())
                .isPositive();
        assertThat(device.isClosed()).as("the old secret is still good").isFalse();
        TestDevice second = node.connect(pump, rotated.body().path("secret").asText());
        second.hello();
        assertThat(device.closed().code()).isEqualTo(4409);

        assertThat(admin.ask("operate", "PATCH", path, "{\"disabled\":true}").status())
                .isEqualTo(200);
        assertThat(second.closed().code()).isEqualTo(4403);
        assertThat(admin.ask("operate", "PATCH", path, "{\"disabled\":false}").status())
                .isEqualTo(200);
        TestDevice third = node.connect(pump, secret);
        third.hello();
        String id = admin.get(path).body().path("credentials").get(0).path("id").asText();
        assertThat(admin.ask("operate", "DELETE", path + "/credentials/" + id, "")
                        .status())
                .isEqualTo(204);
        assertThat(third.closed().code()).isEqualTo(4403);

        assertThat(admin.ask("admin", "DELETE", path, "").status()).isEqualTo(204);
        assertThat(admin.get(path).status()).isEqualTo(404);
    }

    @Test
    void aKeyIsRegisteredByItsPem() {
        String pem = "-----BEGIN PUBLIC KEY-----\\n"
                + Base64.getEncoder().encodeToString(Tokens.p256().getPublic().getEncoded())
                + "\\n-----END PUBLIC KEY-----";
        Answer added = admin.ask(
                "admin",
                "POST",
                "/api/v1/devices",
                "{\"device\":\"" + pump + "\",\"credential\":{\"kind\":\"key\",\"id\":\"k1\",\"publicKey\":\"" + pem
                        + "\"}}");
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        assertThat(added.body().path("credentials").get(0).path("algorithm").asText())
                .isEqualTo("ES256");
        assertThat(added.body().has("secret")).isFalse();
    }

    @Test
    void whatCannotBeDoneIsToldAsAProblem() {
        String device = "{\"device\":\"" + pump + "\"}";
        admin.ask("admin", "POST", "/api/v1/devices", device);
        assertProblem(admin.ask("admin", "POST", "/api/v1/devices", device), 409, "exists already");
        assertProblem(admin.ask("nobody", "GET", path, ""), 401, "admin.tokens");
        assertProblem(admin.ask("read", "PATCH", path, "{\"disabled\":true}"), 403, "this needs operate");
        assertProblem(admin.ask("operate", "DELETE", path, ""), 403, "this needs admin");
        assertProblem(admin.ask("admin", "PUT", path, "{}"), 405, "PUT");
        assertProblem(admin.ask("admin", "GET", "/api/v1/nothing", ""), 404, "/api/v1/nothing");
        assertProblem(admin.ask("admin", "PATCH", path, "{\"disabld\":true}"), 400, "unknown member disabld");
        assertProblem(admin.ask("admin", "PATCH", path, "{"), 400, "not JSON");
        assertProblem(admin.ask("admin", "PATCH", path, " ".repeat(2_000_000)), 413, "1048576");
        assertProblem(admin.ask("admin", "POST", "/api/v1/devices", "{\"device\":\"x\"}"), 422, "tenant/device");
        assertProblem(
                admin.ask(
                        "admin",
                        "POST",
                        "/api/v1/devices",
                        "{\"device\":\"acme/short\",\"credential\":{\"secret\":\"1234\"}}"),
                422,
                "at least 22");
        assertProblem(admin.ask("read", "GET", "/api/v1/devices?limit=0", ""), 400, "1 to 1000");
    }

    @Test
    void devicesAreListedInPages() {
        for (int i = 0; i < 5; i++) {
            admin.ask("admin", "POST", "/api/v1/devices", "{\"device\":\"pages/d" + i + "\"}");
        }
        Answer first = admin.get("/api/v1/devices?prefix=pages/&limit=3");
        assertThat(first.body().path("devices").findValuesAsText("device"))
                .containsExactly("pages/d0", "pages/d1", "pages/d2");
        Answer second = admin.get("/api/v1/devices?prefix=pages/&limit=3&after="
                + first.body().path("after").asText());
        assertThat(second.body().path("devices").findValuesAsText("device")).containsExactly("pages/d3", "pages/d4");
        assertThat(second.body().has("after")).isFalse();
    }

    @Test
    void aTenantHasLimitsOfItsOwn() {
        String tenant = "limited" + Integer.toHexString(pump.hashCode());
        String at = "/api/v1/tenants/" + tenant;
        Answer put =
                admin.ask("admin", "PUT", at, "{\"limits\":{\"deviceEventsPerSecond\":9,\"heartbeatMillis\":8000}}");
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.body().path("limits").path("deviceEventsPerSecond").asInt())
                .isEqualTo(9);
        DeviceId device = new DeviceId(tenant, "d1");
        ServerFrame.Welcome welcome = node.connect(device).hello();
        assertThat(welcome.eventsPerSecond()).isEqualTo(9);
        assertThat(welcome.heartbeatMillis()).isEqualTo(8_000);
        assertThat(admin.ask("operate", "PATCH", at, "{\"disabled\":false}").text())
                .as("what is not spoken of stays")
                .contains("\"heartbeatMillis\":8000");

        assertProblem(
                admin.ask("admin", "PUT", at, "{\"limits\":{\"eventsPerMinute\":9}}"),
                400,
                "eventsPerMinute; known are");
        assertProblem(
                admin.ask("admin", "PUT", at, "{\"limits\":{\"maxFrameBytes\":9}}"), 400, "not 0 or within 1024 to");
        assertProblem(
                admin.ask("admin", "PUT", at, "{\"limits\":{\"eventsPerSecond\":\"many\"}}"),
                400,
                "limits.eventsPerSecond is no number");
        assertThat(admin.ask("admin", "PUT", at, "{}").body().has("limits")).isFalse();
    }

    @Test
    void aTenantSaysWhomItTrustsAndMakesEnrolmentTokens() throws Exception {
        String tenant = "t" + Integer.toHexString(pump.hashCode());
        String certificate = Files.readString(TestAuthority.create().writeCertificate(directory))
                .replace("\n", "\\n");
        Answer put = admin.ask(
                "admin",
                "PUT",
                "/api/v1/tenants/" + tenant,
                "{\"authorities\":[{\"id\":\"line\",\"certificate\":\"" + certificate + "\"}],"
                        + "\"issuers\":[{\"issuer\":\"https://id.example\",\"jwks\":\"https://id.example/jwks\"}]}");
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        Answer token = admin.ask(
                "admin", "POST", "/api/v1/tenants/" + tenant + "/enrolments", "{\"id\":\"line-1\",\"pattern\":\"d*\"}");
        assertThat(token.status()).isEqualTo(201);
        HttpResponse<String> enrolled = node.http()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://" + node.server().url().getAuthority() + "/enrol/" + tenant + "/d1"))
                                .header(
                                        "Authorization",
                                        "Bearer " + token.body().path("token").asText())
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(enrolled.statusCode()).isEqualTo(201);
        try (TestDevice device = node.connect(new DeviceId(tenant, "d1"), enrolled.body())) {
            device.hello();
            assertThat(admin.ask("operate", "PATCH", "/api/v1/tenants/" + tenant, "{\"disabled\":true}")
                            .status())
                    .isEqualTo(200);
            assertThat(device.closed().code()).isEqualTo(4403);
        }
        assertProblem(
                admin.ask(
                        "admin",
                        "PUT",
                        "/api/v1/tenants/" + tenant,
                        "{\"issuers\":[{\"issuer\":\"x\",\"jwks\":\"http://id.example/jwks\"}]}"),
                422,
                "neither https nor on this machine");
        assertThat(admin.get("/api/v1/tenants").text()).contains("line-1", "https://id.example");
    }

    @Test
    void whatWasBackedUpIsRestoredIntoAnEmptyClusterAndEveryCredentialWorksAgain() {
        Answer added = admin.ask("admin", "POST", "/api/v1/devices", "{\"device\":\"" + pump + "\"}");
        Answer token = admin.ask(
                "admin", "POST", "/api/v1/tenants/restored/enrolments", "{\"id\":\"line-1\",\"pattern\":\"*\"}");
        String backup = admin.ask("admin", "GET", "/api/v1/export", "").text();
        assertThat(backup)
                .doesNotContain(added.body().path("secret").asText())
                .doesNotContain(token.body().path("token").asText());

        Path tokens = directory.resolve("restored.tokens");
        try (TestNode empty = TestNode.start(
                config -> config.withAdmin(new AdminConfig("127.0.0.1", 0, Optional.of(tokens), false)))) {
            Admin other = Admin.of(empty.server(), tokens);
            assertThat(other.get("/api/v1/devices").body().path("devices")).isEmpty();
            Answer restored = other.ask("admin", "POST", "/api/v1/import", backup);
            assertThat(restored.body().path("lines").asInt())
                    .as(restored.text())
                    .isEqualTo((int) backup.lines().count());
            assertThat(other.ask("admin", "GET", "/api/v1/export", "").text()).isEqualTo(backup);
            try (TestDevice device =
                    empty.connect(pump, added.body().path("secret").asText())) {
                device.hello();
            }
            assertProblem(
                    other.ask("admin", "POST", "/api/v1/import", "{\"device\":\"a/b\",\"stored\":{\"version\":9}}"),
                    400,
                    "line 1");
        }
    }

    @Test
    void whoWatchesTheNodeNeedsNoToken() {
        assertThat(admin.ask("nobody", "GET", "/livez", "").status()).isEqualTo(200);
        assertThat(admin.ask("nobody", "GET", "/readyz", "").text()).isEqualTo("ready\n");
        assertThat(admin.ask("nobody", "GET", "/startupz", "").status()).isEqualTo(200);
        assertThat(admin.ask("nobody", "GET", "/openapi.yaml", "").text()).startsWith("openapi: 3.1");
    }

    @Test
    void refusedAttemptsAreShown() throws IOException {
        try (RawPeer peer = new RawPeer(node.server().url(), TestDevice.basic(pump, "guessed"))) {
            peer.raw(peer.goodHead());
            assertThat(peer.httpOutcome()).isEqualTo("401");
        }
        JsonNode latest = admin.get("/api/v1/refusals").body().path("refusals").get(0);
        assertThat(latest.path("claimed").asText()).isEqualTo(pump.toString());
        assertThat(latest.path("why").asText()).isEqualTo("the device is unknown");
    }

    private static void assertProblem(Answer answer, int status, String detail) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.body().path("status").asInt()).isEqualTo(status);
        assertThat(answer.body().path("title").asText()).isNotEmpty();
        assertThat(answer.body().path("detail").asText()).contains(detail);
    }
}
