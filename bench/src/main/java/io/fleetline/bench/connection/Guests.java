package io.fleetline.bench.connection;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildException;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.stage.Stage;
import io.fleetline.bench.wss.Resumption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A crowd in a process of clients, as those that measure see it.
 *
 * @param clients the process
 * @param name of the crowd
 */
record Guests(ChildJvm clients, String name) {
    /** How many connect at a time, unless it matters: enough to keep both ends at work. */
    static final int AT_ONCE = 16;

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Devices of a node. */
    static Guests of(
            Stage stage, ChildJvm clients, String name, Stage.Node node, List<JsonNode> devices, Resumption resumption)
            throws Exception {
        return of(stage, clients, name, node.url(), true, devices, resumption);
    }

    /** As many clients of a bare server. */
    static Guests of(
            Stage stage, ChildJvm clients, String name, Stage.Bare bare, List<JsonNode> devices, Resumption resumption)
            throws Exception {
        return of(stage, clients, name, bare.url(), false, devices, resumption);
    }

    private static Guests of(
            Stage stage,
            ChildJvm clients,
            String name,
            String url,
            boolean node,
            List<JsonNode> devices,
            Resumption resumption)
            throws Exception {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("name", name);
        arguments.put("url", url);
        arguments.put("trust", stage.trust().toString());
        arguments.put("node", node);
        arguments.put("resumption", resumption);
        arguments.put("devices", devices);
        clients.ask("crowd", arguments, PATIENCE);
        return new Guests(clients, name);
    }

    /** Connects some more, which stay; all at once or a few at a time. */
    JsonNode arrive(int count, int atOnce, boolean again) throws ChildException, InterruptedException {
        return clients.ask("arrive", Map.of("name", name, "count", count, "atOnce", atOnce, "again", again), PATIENCE);
    }

    /** Connects and leaves, over and over. */
    JsonNode visit(Duration time) throws ChildException, InterruptedException {
        return clients.ask("visit", Map.of("name", name, "millis", time.toMillis(), "atOnce", AT_ONCE), PATIENCE);
    }

    /** Whether all that came are still there; how many. */
    int check() throws ChildException, InterruptedException {
        return clients.ask("check", Map.of("name", name), PATIENCE)
                .path("present")
                .asInt();
    }

    /** Has all leave. */
    void leave() throws ChildException, InterruptedException {
        clients.ask("leave", Map.of("name", name), PATIENCE);
    }
}
