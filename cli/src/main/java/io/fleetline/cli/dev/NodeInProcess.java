package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.ingest.IngestServer;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** One node in this process. */
final class NodeInProcess implements DevNodes {
    private final IngestServer server;

    private NodeInProcess(IngestServer server) {
        this.server = server;
    }

    /** @throws CliFailure if it does not start; it says why */
    static NodeInProcess start(NodeConfigFile config) {
        try {
            return new NodeInProcess(IngestServer.start(config.read()));
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new CliFailure("the node did not start: " + e.getMessage(), e);
        }
    }

    @Override
    public List<URI> endpoints() {
        return List.of(server.url());
    }

    @Override
    public Map<String, ProcessHandle> processes() {
        return Map.of();
    }

    @Override
    public void kill(int number) {
        throw new UnsupportedOperationException("this node lives in the process that would end it");
    }

    @Override
    public void restart(int number) {
        throw new UnsupportedOperationException("this node lives in the process that would start it");
    }

    @Override
    public void close() {
        server.close();
    }
}
