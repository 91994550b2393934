package io.fleetline.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.stage.Stage;
import java.util.List;
import java.util.Map;

/**
 * Devices that are connected, or as many clients of a bare server.
 *
 * @param process their process
 * @param tls what was negotiated, for the report
 */
public record Load(ChildJvm process, String tls) {
    /** What a device keeps in flight: 20 frames of 50 events, and within the window that every node grants. */
    public static final int WINDOW = 1_000;

    /** What the bodies of all events have. */
    public static final int BODY_BYTES = 100;

    /** Connects these devices to a node. */
    public static Load connect(Stage stage, String name, Stage.Node node, List<JsonNode> devices, int itemsPerFrame)
            throws Exception {
        return connect(stage, name, node.url(), devices, itemsPerFrame, false);
    }

    /** Connects as many clients to a bare server, which will get the same frames. */
    public static Load connect(Stage stage, String name, Stage.Bare bare, List<JsonNode> devices, int itemsPerFrame)
            throws Exception {
        return connect(stage, name, bare.url(), devices, itemsPerFrame, true);
    }

    private static Load connect(
            Stage stage, String name, String url, List<JsonNode> devices, int itemsPerFrame, boolean echo)
            throws Exception {
        ChildJvm process = stage.side(name, LoadRole.class);
        JsonNode connected = process.ask(
                "connect",
                Map.of(
                        "url",
                        url,
                        "trust",
                        stage.trust().toString(),
                        "devices",
                        devices,
                        "items",
                        itemsPerFrame,
                        "echo",
                        echo),
                Stage.PATIENCE);
        return new Load(process, connected.path("tls").asText());
    }
}
