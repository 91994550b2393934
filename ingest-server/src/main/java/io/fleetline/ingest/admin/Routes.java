package io.fleetline.ingest.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** All paths of the admin port. {@code openapi.yaml} describes them, and a test holds the two against each other. */
final class Routes {
    private static final String PLAIN = "text/plain;charset=utf-8";
    private static final String PROMETHEUS = "text/plain;version=0.0.4;charset=utf-8";

    private Routes() {}

    static Map<String, PathEndpoints> all(AdminServices services) {
        Map<String, Map<String, Endpoint>> all = new LinkedHashMap<>();
        all.put("/livez", Map.of("GET", Endpoint.open(call -> Endpoint.Answer.text(200, PLAIN, "live\n"))));
        all.put(
                "/readyz",
                Map.of(
                        "GET",
                        Endpoint.open(call -> services.notReady()
                                .get()
                                .map(why -> Endpoint.Answer.text(503, PLAIN, why + "\n"))
                                .orElseGet(() -> Endpoint.Answer.text(200, PLAIN, "ready\n")))));
        all.put(
                "/startupz",
                Map.of(
                        "GET",
                        Endpoint.open(call -> services.started().get()
                                ? Endpoint.Answer.text(200, PLAIN, "started\n")
                                : Endpoint.Answer.text(503, PLAIN, "starting\n"))));
        all.put(
                "/metrics",
                Map.of(
                        "GET",
                        Endpoint.open(call -> services.metrics()
                                .get()
                                .map(text -> Endpoint.Answer.text(200, PROMETHEUS, text))
                                .orElseThrow(() -> Problem.notFound("this node counts for itself only")))));
        all.put(
                "/openapi.yaml",
                Map.of("GET", Endpoint.open(call -> Endpoint.Answer.text(200, "application/yaml", openApi()))));
        all.put(
                "/api/v1/refusals",
                Map.of("GET", Endpoint.of(Role.READ, "", call -> Endpoint.Answer.json(200, refusals(services)))));
        new DeviceRoutes(services).addTo(all);
        new TenantRoutes(services).addTo(all);
        new TransferRoutes(services).addTo(all);
        Map<String, PathEndpoints> endpoints = new LinkedHashMap<>();
        all.forEach((path, byMethod) -> endpoints.put(path, new PathEndpoints(Map.copyOf(byMethod))));
        return endpoints;
    }

    private static ObjectNode refusals(AdminServices services) {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("refusals");
        services.refusedAttempts()
                .latest()
                .forEach(attempt -> list.addObject()
                        .put("time", attempt.unixMillis())
                        .put("source", attempt.source())
                        .put("claimed", attempt.claimed())
                        .put("status", attempt.status())
                        .put("why", attempt.why()));
        return answer;
    }

    static String openApi() {
        try (InputStream in = Routes.class.getResourceAsStream("openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
