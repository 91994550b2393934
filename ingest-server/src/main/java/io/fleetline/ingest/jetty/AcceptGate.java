package io.fleetline.ingest.jetty;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.ingest.time.Rate;
import io.fleetline.ingest.time.Timers;
import java.nio.channels.SelectableChannel;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;

/**
 * Lets connections be accepted, not more a second and not more between accept and upgrade than the node can see to; the rest
 * wait in the operating system's queue. Thread-safe.
 */
final class AcceptGate implements SelectorManager.AcceptListener {
    private final AbstractConnector connector;
    private final NodeTime time;
    private final Timers timers;

    private int maxHandshakes; // all guarded by this
    private Rate accepts;
    private int handshakes;
    private boolean pausing;

    AcceptGate(AbstractConnector connector, ListenerConfig config, NodeTime time, Timers timers) {
        this.connector = connector;
        this.time = time;
        this.timers = timers;
        this.maxHandshakes = config.maxHandshakes();
        this.accepts = rate(config);
    }

    /** A tenth of a second's worth may come at once, so that no second brings much more than what one is to bring. */
    private static Rate rate(ListenerConfig config) {
        return new Rate(config.acceptsPerSecond(), Math.max(1, config.acceptsPerSecond() / 10));
    }

    /** Other limits from now on. */
    synchronized void change(ListenerConfig now) {
        maxHandshakes = now.maxHandshakes();
        accepts = rate(now);
        openOrShut();
    }

    @Override
    public synchronized void onAccepting(SelectableChannel channel) {
        handshakes++;
        long wait = accepts.spend(1, time.nanos());
        if (wait > 0 && !pausing) {
            pausing = true;
            timers.after(wait, this::pauseIsOver);
        }
        openOrShut();
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        handshakeIsOver();
    }

    /** A connection that was accepted is upgraded, or gone. */
    synchronized void handshakeIsOver() {
        handshakes--;
        openOrShut();
    }

    private synchronized void pauseIsOver() {
        pausing = false;
        openOrShut();
    }

    /** How many connections are between accept and upgrade. */
    synchronized int handshakes() {
        return handshakes;
    }

    private void openOrShut() {
        connector.setAccepting(!pausing && handshakes < maxHandshakes);
    }
}
