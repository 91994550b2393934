package io.fleetline.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.cli.terminal.CliFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks a node's admin API, and turns a problem (RFC 9457) into a sentence. */
public final class AdminClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** An import of many devices is one request. */
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI url;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    AdminClient(URI url, String token) {
        this.url = url;
        this.token = token;
    }

    /**
     * Asks, with JSON or nothing as the body.
     *
     * @return what was answered, as text; empty if there was nothing to say
     * @throws CliFailure if the node cannot be reached, or says no
     */
    public String ask(String method, String path, String body) {
        HttpRequest.BodyPublisher content =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return send(method, path, content);
    }

    /** Asks with this body, as {@link #ask} does. */
    public String send(String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .method(method, body)
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 400) {
                throw new CliFailure(problem(response));
            }
            return response.body();
        } catch (IOException e) {
            // Java's own says nothing more than its name.
            String why = e instanceof ConnectException
                    ? "nobody answers there; a node does at its admin.host and admin.port, if it has admin.tokens"
                    : e.toString();
            throw new CliFailure("cannot reach the admin API at " + url + ": " + why, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted", e);
        }
    }

    private static String problem(HttpResponse<String> response) {
        try {
            JsonNode problem = JSON.readTree(response.body());
            if (problem.has("detail")) {
                return problem.path("detail").asText();
            }
        } catch (IOException e) {
            return "the admin API answered " + response.statusCode() + " without saying why";
        }
        return "the admin API answered " + response.statusCode();
    }
}
