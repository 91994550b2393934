package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.ingest.admin.AdminConfig;
import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a device stays after an operator said that it may not: on the node that was asked, and on another one. */
@Tag("long")
class RevocationTest {
    private static final int TIMES = 25;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private TestNode node;
    private String token;

    private interface Way {
        /** Asks the admin API; what it has to answer within the 200s. */
        HttpRequest.Builder request(DeviceId device, String credential);
    }

    @Test
    void theSessionEndsWhicheverWayAndNode() throws Exception {
        Path tokens = directory.resolve("admin.tokens");
        try (TestNode asked = TestNode.start(
                        config -> config.withAdmin(new AdminConfig("127.0.0.1", 0, Optional.of(tokens), false)));
                IngestServer other =
                        IngestServer.start(asked.config().withNode("other").withAdmin(AdminConfig.DEFAULTS))) {
            node = asked;
            token = Files.readAllLines(tokens).stream()
                    .filter(line -> line.contains(" admin "))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .findFirst()
                    .orElseThrow();
            measure(
                    "disabled, on the node that was asked",
                    asked.server(),
                    (device, credential) ->
                            device(device).method("PATCH", HttpRequest.BodyPublishers.ofString("{\"disabled\":true}")));
            measure(
                    "disabled, on another node",
                    other,
                    (device, credential) ->
                            device(device).method("PATCH", HttpRequest.BodyPublishers.ofString("{\"disabled\":true}")));
            measure(
                    "removed, on another node",
                    other,
                    (device, credential) -> device(device).DELETE());
            measure(
                    "revoked, on another node",
                    other,
                    (device, credential) -> to("/api/v1/devices/" + device + "/credentials/" + credential)
                            .DELETE());
            measure(
                    "its tenant disabled, on another node",
                    other,
                    (device, credential) -> to("/api/v1/tenants/" + device.tenant())
                            .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"disabled\":true}")));
        }
    }

    private void measure(String what, IngestServer where, Way way) throws Exception {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            DeviceId id = new DeviceId("t" + Integer.toHexString(what.hashCode()) + "-" + i, "pump");
            JsonNode added =
                    ask(to("/api/v1/devices").POST(HttpRequest.BodyPublishers.ofString("{\"device\":\"" + id + "\"}")));
            Eventually.isTrue(
                    "the node knows it", () -> where.registry().find(id).isPresent());
            TestDevice device = TestDevice.connect(
                    node.http(), where.url(), id, added.path("secret").asText());
            device.hello();
            long began = System.nanoTime();
            ask(way.request(id, added.path("credentials").path(0).path("id").asText()));
            assertThat(device.closed().code()).as(what).isEqualTo(4403);
            nanos.add(System.nanoTime() - began);
        }
        Collections.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%s, %d times: from the request to the close frame half within %d ms, the slowest after %d ms%n",
                what,
                TIMES,
                Duration.ofNanos(nanos.get(TIMES / 2)).toMillis(),
                Duration.ofNanos(nanos.get(TIMES - 1)).toMillis());
    }

    private HttpRequest.Builder device(DeviceId device) {
        return to("/api/v1/devices/" + device);
    }

    private HttpRequest.Builder to(String path) {
        URI admin = node.server().adminUrl().orElseThrow();
        return HttpRequest.newBuilder(admin.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private JsonNode ask(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = node.http().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
    }
}
