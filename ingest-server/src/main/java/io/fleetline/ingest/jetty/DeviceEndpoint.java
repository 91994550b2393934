package io.fleetline.ingest.jetty;

import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.session.DevicePeer;
import io.fleetline.ingest.session.DeviceSession;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.ingest.time.Timers;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket connection, between Jetty and the device's session: messages become frames, frames become messages. Public
 * because Jetty calls it by method handles.
 *
 * <p>Jetty hands over one WebSocket frame for each demand. A ping or pong takes the session's demand, and so is followed by
 * another one.
 */
public final class DeviceEndpoint implements Session.Listener, DevicePeer {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceEndpoint.class);

    /** How long a peer may take to answer a close frame before the connection is cut. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** RFC 6455 leaves 125 bytes for a control frame, two of which are the code. */
    private static final int MAX_CLOSE_TEXT_CHARS = 123;

    /** Some KiB of scratch space, too much for each of twenty thousand connections and nothing for each thread. */
    private static final ThreadLocal<FrameDecoder> DECODER = ThreadLocal.withInitial(FrameDecoder::new);

    private final DeviceId device;
    private final String source;
    private final ListenerConfig limits;
    private final Timers timers;
    private final DeviceSession deviceSession;
    private final JettyEdge edge;

    /** Set before anything else happens here. */
    private @Nullable Session session;

    private @Nullable Outgoing outgoing;

    /** A message is demanded of Jetty, and has not come. Guarded by this. */
    private boolean demanded;
    /** A close frame is on its way: what still comes is read and dropped, until the peer's own close frame. Guarded by this. */
    private boolean closing;
    /** The log has its line about what was wrong here: one for each connection. Guarded by this. */
    private boolean told;
    /** A newer connection of the device took over. Guarded by this. */
    private boolean takenOver;

    /** @param edge hears when this connection opens and ends */
    DeviceEndpoint(
            Verdict.Accepted accepted, String source, ListenerConfig limits, SessionServices services, JettyEdge edge) {
        this.device = accepted.device();
        this.source = source;
        this.limits = limits;
        this.timers = services.timers();
        this.deviceSession = new DeviceSession(accepted, this, services);
        this.edge = edge;
    }

    DeviceId device() {
        return device;
    }

    String source() {
        return source;
    }

    /** The session behind this connection. */
    DeviceSession deviceSession() {
        return deviceSession;
    }

    // ---- what Jetty says

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        outgoing = new Outgoing(
                opened,
                limits,
                timers,
                () -> deviceSession.close(CloseReason.TRY_AGAIN_LATER, "the peer does not read what is sent to it"));
        int maxFrameBytes = deviceSession.limits().maxFrameBytes();
        opened.setMaxBinaryMessageSize(maxFrameBytes);
        opened.setMaxFrameSize(JettyEdge.maxFrameBytes(maxFrameBytes));
        edge.opened(this);
        deviceSession.begin();
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        // The one copy on the way in: the array belongs to the frame from here on, and bodies are slices of it.
        byte[] message = new byte[payload.remaining()];
        payload.get(message);
        callback.succeed();
        if (isDropped()) {
            return;
        }
        DeviceFrame frame;
        try {
            frame = DECODER.get().decodeDeviceFrame(message, 0, message.length);
        } catch (FrameException e) {
            deviceSession.violation(e.closeReason(), String.valueOf(e.getMessage()));
            return;
        }
        deviceSession.frame(frame, message.length);
    }

    @Override
    public void onWebSocketPartialText(String payload, boolean last) {
        if (!isDropped()) {
            deviceSession.violation(CloseReason.UNSUPPORTED_DATA, "a text frame");
        }
    }

    @Override
    public void onWebSocketPing(ByteBuffer payload) {
        if (isDropped()) {
            return;
        }
        if (deviceSession.ping()) {
            outgoing().pong(payload);
            demand();
        }
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        // Nobody asked for one, and one in an hour does no harm.
        if (!isDropped() && deviceSession.ping()) {
            demand();
        }
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        // A lost connection is no error, and the rest is worth one line.
        if (cause instanceof ClosedChannelException || cause instanceof EofException || !tell()) {
            LOG.debug("connection of {} from {} is lost", device, source);
        } else {
            LOG.info("connection of {} from {} failed: {}", device, source, Printable.of(cause));
        }
    }

    @Override
    public void onWebSocketClose(int statusCode, String reason, Callback callback) {
        LOG.debug("connection of {} from {} closed: {} {}", device, source, statusCode, Printable.of(reason));
        if (outgoing != null) { // a peer that leaves at once may never have been opened
            outgoing.end();
        }
        deviceSession.gone();
        edge.ended(this, takenOverAlive(statusCode));
        callback.succeed();
    }

    /** Whether a newer connection took over although the peer of this one was there to hear it. */
    private synchronized boolean takenOverAlive(int statusCode) {
        return takenOver && statusCode == CloseReason.TAKEN_OVER.code();
    }

    private synchronized boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }

    // ---- what the session says

    @Override
    public void send(ServerFrame frame) {
        outgoing().send(frame);
    }

    @Override
    public void close(CloseReason reason, String text) {
        if (tell()) {
            LOG.info("closing the connection of {} from {}: {} {}", device, source, reason.code(), Printable.of(text));
        }
        boolean listen;
        synchronized (this) {
            closing = true;
            takenOver = reason == CloseReason.TAKEN_OVER;
            listen = !demanded;
            demanded = true;
        }
        outgoing().close(reason, closeText(text));
        if (listen) {
            session().demand();
        }
        timers.after(CLOSE_NANOS, session()::disconnect);
    }

    @Override
    public void demand() {
        synchronized (this) {
            if (demanded) {
                return; // closing, and listening already
            }
            demanded = true;
        }
        session().demand();
    }

    /** Takes note that what was demanded has come. While closing it is of no interest to anyone. */
    private boolean isDropped() {
        synchronized (this) {
            demanded = closing;
            if (!closing) {
                return false;
            }
        }
        session().demand();
        return true;
    }

    private static String closeText(String text) {
        String printable = Printable.of(text);
        return printable.length() <= MAX_CLOSE_TEXT_CHARS ? printable : printable.substring(0, MAX_CLOSE_TEXT_CHARS);
    }

    private Session session() {
        Session opened = session;
        if (opened == null) {
            throw new IllegalStateException("the connection of " + device + " is not open yet");
        }
        return opened;
    }

    private Outgoing outgoing() {
        Outgoing opened = outgoing;
        if (opened == null) {
            throw new IllegalStateException("the connection of " + device + " is not open yet");
        }
        return opened;
    }

    @Override
    public String toString() {
        return deviceSession + " from " + source;
    }
}
