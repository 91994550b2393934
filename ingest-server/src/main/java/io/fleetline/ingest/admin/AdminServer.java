package io.fleetline.ingest.admin;

import java.net.URI;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The listener for operators and their tools: a port of its own, so that no device ever gets near it. */
public final class AdminServer implements AutoCloseable {
    private static final int MOST_THREADS = 8;
    private static final int LEAST_THREADS = 2;
    private static final int IDLE_MILLIS = 30_000;

    private final AdminConfig config;
    private final Server server;
    private final ServerConnector connector;

    private AdminServer(AdminConfig config, AdminTokens tokens, AdminServices services) {
        this.config = config;
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
        threads.setName("fleetline-admin");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        PathMappings<PathEndpoints> paths = new PathMappings<>();
        Routes.all(services).forEach((path, endpoints) -> paths.put(endpoints.spec(path), endpoints));
        server.setHandler(new AdminHandler(paths, tokens));
    }

    /**
     * Opens the listener.
     *
     * @throws IllegalStateException if the port cannot be had
     */
    public static AdminServer start(AdminConfig config, AdminTokens tokens, AdminServices services) {
        AdminServer admin = new AdminServer(config, tokens, services);
        try {
            admin.server.start();
            return admin;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "cannot listen on admin.host " + config.host() + " admin.port " + config.port() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Where it is. */
    public URI url() {
        String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return URI.create("http://" + host + ":" + connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the admin listener did not stop", e);
        }
    }
}
