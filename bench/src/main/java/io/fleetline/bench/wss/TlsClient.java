package io.fleetline.bench.wss;

import io.fleetline.bench.machine.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS for many devices in one process. The JDK keeps the last session of each peer's name, and uses each once: so that many
 * can connect at once and all resume, they take turns with names that mean nothing else. The certificate is checked against
 * the one that is trusted, its name is not.
 */
final class TlsClient extends SslContextFactory.Client {
    /** More than connect at once where sessions are resumed. */
    private static final int NAMES = 32;

    private final Resumption resumption;
    private final Handshakes handshakes;
    private final AtomicInteger next = new AtomicInteger();

    TlsClient(Resumption resumption, Handshakes handshakes) {
        this.resumption = resumption;
        this.handshakes = handshakes;
        setEndpointIdentificationAlgorithm(null);
    }

    @Override
    public SSLEngine newSSLEngine(String host, int port) {
        SSLContext context = getSslContext();
        SSLEngine engine = switch (resumption) {
            case NEVER -> context.createSSLEngine(); // without a name no session is looked for
            case ALWAYS -> context.createSSLEngine("device-" + Math.floorMod(next.getAndIncrement(), NAMES), port);
        };
        customize(engine);
        handshakes.begin(engine, Clock.now());
        return engine;
    }

    /** Without what the factory would warn of: that names are not checked, which is meant here. */
    @Override
    protected void checkEndPointIdentificationAlgorithm() {}
}
