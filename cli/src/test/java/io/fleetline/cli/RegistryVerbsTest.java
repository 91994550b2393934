package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fleetline.cli.terminal.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs ask of the admin API, and what they make of its answers; the API itself is tested where it is. */
class RegistryVerbsTest {
    @TempDir
    Path directory;

    private final List<String> asked = new ArrayList<>();
    private final Map<String, String> answers = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer node;
    private Path tokens;

    @BeforeEach
    void startNode() throws IOException {
        tokens = Files.writeString(
                directory.resolve("admin.tokens"), "# NAME ROLE TOKEN\nr read token-of-r\na admin token-of-a\n");
        node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add((request + " " + body).trim());
            boolean known =
                    "Bearer token-of-a".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            String answer = answers.get(request);
            byte[] bytes = (answer == null ? "{\"detail\":\"there is no such thing\"}" : answer)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(!known ? 401 : answer == null ? 404 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        node.start();
    }

    @AfterEach
    void stopNode() {
        node.stop(0);
    }

    @Test
    void aDeviceIsAddedAndItsSecretPrinted() {
        answers.put("POST /api/v1/devices", "{\"device\":\"acme/pump\",\"secret\":\"s3cret\"}");
        assertThat(run("devices", "add", "acme/pump")).as(err.toString()).isEqualTo(ExitCode.DONE);
        assertThat(asked)
                .containsExactly(
                        "POST /api/v1/devices {\"device\":\"acme/pump\",\"disabled\":false,\"credential\":{}}");
        assertThat(out.toString().trim()).isEqualTo("{\"device\":\"acme/pump\",\"secret\":\"s3cret\"}");
    }

    @Test
    void allPagesAreListed() {
        answers.put(
                "GET /api/v1/devices?limit=1000&prefix=acme%2F&after=",
                "{\"devices\":[{\"device\":\"acme/a\"}],\"after\":\"acme/a\"}");
        answers.put(
                "GET /api/v1/devices?limit=1000&prefix=acme%2F&after=acme%2Fa",
                "{\"devices\":[{\"device\":\"acme/b\"}]}");
        assertThat(run("devices", "list", "--prefix", "acme/")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines()).containsExactly("{\"device\":\"acme/a\"}", "{\"device\":\"acme/b\"}");
    }

    @Test
    void rotatingLeavesTheOldSecretForADay() {
        answers.put("POST /api/v1/devices/acme/pump/credentials", "{}");
        assertThat(run("devices", "rotate", "acme/pump")).isEqualTo(ExitCode.DONE);
        assertThat(asked.get(0)).endsWith("{\"overlapSeconds\":86400,\"credential\":{}}");
    }

    @Test
    void aProblemIsOneSentence() {
        assertThat(run("devices", "show", "acme/nobody")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().trim()).isEqualTo("fleetline: there is no such thing");
    }

    @Test
    void aBackupIsEveryPageInOneFileThatWasNotThereBefore() throws IOException {
        answers.put("GET /api/v1/export?after=", "{\"tenant\":\"acme\"}\n{\"device\":\"acme/a\"}\n");
        answers.put("GET /api/v1/export?after=acme%2Fa", "{\"device\":\"acme/b\"}\n");
        answers.put("GET /api/v1/export?after=acme%2Fb", "");
        Path file = directory.resolve("backup");
        assertThat(run("devices", "export", file.toString())).as(err.toString()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(file))
                .isEqualTo("{\"tenant\":\"acme\"}\n{\"device\":\"acme/a\"}\n{\"device\":\"acme/b\"}\n");
        assertThat(run("devices", "export", file.toString())).isEqualTo(ExitCode.FAILED);
        answers.put("POST /api/v1/import", "{\"lines\":3}");
        assertThat(run("tenants", "import", file.toString())).isEqualTo(ExitCode.DONE);
        assertThat(asked.get(asked.size() - 1)).contains("{\"device\":\"acme/b\"}");
    }

    @Test
    void anEnrolmentTokenIsReplacedByOneForTheSameDevices() {
        answers.put(
                "GET /api/v1/tenants/acme",
                "{\"enrolments\":[{\"id\":\"line-1\",\"pattern\":\"pump-*\",\"newDevicesDisabled\":true}]}");
        answers.put("DELETE /api/v1/tenants/acme/enrolments/line-1", "");
        answers.put("POST /api/v1/tenants/acme/enrolments", "{\"token\":\"acme.line-1.x\"}");
        assertThat(run("tenants", "rotate", "acme", "line-1"))
                .as(err.toString())
                .isEqualTo(ExitCode.DONE);
        assertThat(asked.get(2)).endsWith("{\"id\":\"line-1\",\"pattern\":\"pump-*\",\"disabled\":true}");
    }

    @Test
    void withoutATokenNothingIsAsked() {
        tokens = directory.resolve("missing");
        assertThat(run("devices", "show", "acme/pump")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("missing");
        assertThat(asked).isEmpty();
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--url", "http://127.0.0.1:" + node.getAddress().getPort(), "--tokens", tokens.toString()));
        return Fleetline.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    }
}
