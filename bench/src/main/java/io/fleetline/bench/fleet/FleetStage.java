package io.fleetline.bench.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.stage.Stage;
import java.util.List;
import java.util.Map;

/** A broker, and nodes as {@link FleetNodeRole} starts them. */
final class FleetStage {
    private final Stage stage;
    private final Workspace workspace;
    private int nodes;

    FleetStage(Workspace workspace, Progress progress) throws Exception {
        this.workspace = workspace;
        this.stage = new Stage(workspace, progress);
    }

    Stage stage() {
        return stage;
    }

    /**
     * A node that has started.
     *
     * @param process its process
     * @param url where devices reach it
     */
    record Node(ChildJvm process, String url) {
        /** Ends it as {@code kill -9} does. */
        void kill() {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Registers devices, and gives their secrets. */
    JsonNode register(String group, int devices) throws Exception {
        try (ChildJvm registrar = stage.side("registrar", FleetNodeRole.class)) {
            return registrar
                    .ask(
                            "register",
                            Map.of(
                                    "file", file("registrar"),
                                    "bootstrap", stage.bootstrap(),
                                    "certificate", stage.trust().toString(),
                                    "key", stage.key().toString(),
                                    "group", group,
                                    "devices", devices),
                            Stage.PATIENCE)
                    .path("secrets");
        }
    }

    /** Starts a node with these settings, {@code key=value}. */
    Node node(List<String> settings) throws Exception {
        String name = "node-" + ++nodes;
        ChildJvm node = stage.side(name, FleetNodeRole.class);
        JsonNode started = node.ask(
                "start",
                Map.of(
                        "file", file(name),
                        "bootstrap", stage.bootstrap(),
                        "certificate", stage.trust().toString(),
                        "key", stage.key().toString(),
                        "settings", settings),
                Stage.PATIENCE);
        return new Node(node, started.path("url").asText());
    }

    private String file(String name) {
        return workspace.directory().resolve(name + ".yaml").toString();
    }
}
