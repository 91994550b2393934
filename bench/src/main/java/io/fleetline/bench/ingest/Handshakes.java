package io.fleetline.bench.ingest;

import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;

/** Tells full TLS handshakes from resumed ones, when they are made one after the other. Thread-safe. */
final class Handshakes implements SslHandshakeListener {
    private Instant begun = Instant.EPOCH;
    private Optional<String> parameters = Optional.empty();
    private int full;
    private int resumed;

    /** The next handshake begins now. */
    synchronized void begin(Instant now) {
        begun = now;
    }

    @Override
    public void handshakeSucceeded(Event event) {
        note(event.getSSLEngine().getSession());
    }

    synchronized void note(SSLSession session) {
        parameters = Optional.of(session.getProtocol() + " " + session.getCipherSuite());
        // A resumed session is older than its connection: it was made by the full handshake that it goes back to.
        if (session.getCreationTime() < begun.toEpochMilli()) {
            resumed++;
        } else {
            full++;
        }
    }

    @Override
    public synchronized String toString() {
        return parameters
                .map(text -> text + ", " + full + " full and " + resumed + " resumed handshakes")
                .orElse("none");
    }
}
