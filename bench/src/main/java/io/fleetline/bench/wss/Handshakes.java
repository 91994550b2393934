package io.fleetline.bench.wss;

import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;

/** Tells full TLS handshakes from resumed ones. Thread-safe. */
public final class Handshakes implements SslHandshakeListener {
    /** When each handshake under way began, by its engine. */
    private final IdentityHashMap<SSLEngine, Instant> begun = new IdentityHashMap<>();

    private Optional<String> parameters = Optional.empty();
    private int full;
    private int resumed;

    Handshakes() {}

    /** A handshake begins with this engine. */
    synchronized void begin(SSLEngine engine, Instant now) {
        begun.put(engine, now);
    }

    @Override
    public synchronized void handshakeSucceeded(Event event) {
        Instant since = begun.remove(event.getSSLEngine());
        if (since != null) {
            note(since, event.getSSLEngine().getSession());
        }
    }

    @Override
    public synchronized void handshakeFailed(Event event, Throwable failure) {
        begun.remove(event.getSSLEngine());
    }

    synchronized void note(Instant since, SSLSession session) {
        parameters = Optional.of(session.getProtocol() + " " + session.getCipherSuite());
        // A resumed session is older than its connection: it was made by the full handshake that it goes back to.
        if (session.getCreationTime() < since.toEpochMilli()) {
            resumed++;
        } else {
            full++;
        }
    }

    /** Counts from nothing again. */
    public synchronized void reset() {
        full = 0;
        resumed = 0;
    }

    /** Which part of the handshakes was resumed, 0 if there was none. */
    public synchronized double resumedPart() {
        return full + resumed == 0 ? 0 : (double) resumed / (full + resumed);
    }

    /** Protocol, cipher suite and counts, for a report. */
    @Override
    public synchronized String toString() {
        return parameters
                .map(text -> text + ", " + full + " full and " + resumed + " resumed handshakes")
                .orElse("none");
    }
}
