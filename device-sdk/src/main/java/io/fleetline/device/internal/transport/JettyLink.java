package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.connection.EndCause;
import io.fleetline.device.internal.connection.Ending;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.client.JettyUpgradeListener;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection of Jetty's. The connection loop calls it from one side, Jetty's threads from the other; they
 * meet at what is volatile or atomic here.
 */
final class JettyLink implements Link, JettyUpgradeListener {
    /** What may be handed over and not written yet before the link says that it is not writable, and when it is again. */
    private static final long HIGH_WATER_BYTES = 128 * 1024;

    private static final long LOW_WATER_BYTES = 32 * 1024;

    /** Decoders keep scratch space, and few threads read. */
    private static final ThreadLocal<FrameDecoder> DECODER = ThreadLocal.withInitial(FrameDecoder::new);

    private final Listener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong unwrittenBytes = new AtomicLong();
    private final AtomicBoolean blocked = new AtomicBoolean();

    /** How many frames were asked for and have not come; while there are any, Jetty has been asked for one. */
    private final AtomicInteger demanded = new AtomicInteger();

    private volatile @Nullable Session session;
    private volatile @Nullable CompletableFuture<Session> dial;
    private volatile boolean aborted;

    /** An ending that the handshake's answer or a broken frame has decided, before Jetty says that it is over. */
    private volatile Optional<Ending> decided = Optional.empty();

    JettyLink(Listener listener) {
        this.listener = listener;
    }

    void dialled(CompletableFuture<Session> future) {
        dial = future;
        CompletableFuture<Session> unused = future.whenComplete((opened, failure) -> {
            if (failure != null) {
                failed(failure);
            }
        });
        if (aborted) {
            future.cancel(false);
        }
    }

    @Override
    public void send(byte[] frame) {
        Session open = session;
        if (open == null || ended.get()) {
            return;
        }
        unwrittenBytes.addAndGet(frame.length);
        open.sendBinary(ByteBuffer.wrap(frame), new Callback() {
            @Override
            public void succeed() {
                written(frame.length);
            }

            @Override
            public void fail(Throwable cause) {
                failed(cause);
            }
        });
    }

    @Override
    public boolean writable() {
        if (unwrittenBytes.get() < HIGH_WATER_BYTES) {
            return session != null;
        }
        blocked.set(true);
        // What was written between the two lines above would otherwise never be told.
        return unwrittenBytes.get() <= LOW_WATER_BYTES && blocked.compareAndSet(true, false);
    }

    private void written(int bytes) {
        if (unwrittenBytes.addAndGet(-bytes) <= LOW_WATER_BYTES && blocked.compareAndSet(true, false)) {
            listener.writable();
        }
    }

    @Override
    public void demand() {
        Session open = session;
        if (open != null && !ended.get() && demanded.getAndIncrement() == 0) {
            open.demand();
        }
    }

    @Override
    public void close(CloseReason reason, String text) {
        Session open = session;
        if (open == null) {
            abort();
            return;
        }
        open.close(reason.code(), shortened(text), Callback.NOOP);
        // Jetty reads on by itself only for the answer to a close frame; a frame that was asked for may come before it.
    }

    @Override
    public void abort() {
        aborted = true;
        CompletableFuture<Session> dialling = dial;
        if (dialling != null) {
            dialling.cancel(false);
        }
        Session open = session;
        if (open != null) {
            open.disconnect();
        }
        end(Ending.of(EndCause.LOST, "given up"));
    }

    void opened(Session opened) {
        if (aborted) {
            opened.disconnect();
            return;
        }
        String spoken = opened.getUpgradeResponse().getAcceptedSubProtocol();
        if (!ProtocolLimits.SUBPROTOCOL.equals(spoken)) {
            opened.disconnect();
            end(Ending.of(EndCause.WRONG_ENDPOINT, "the node does not speak " + ProtocolLimits.SUBPROTOCOL));
            return;
        }
        session = opened;
        listener.opened();
    }

    void message(ByteBuffer payload) {
        byte[] frame = new byte[payload.remaining()];
        payload.get(frame);
        try {
            listener.received(DECODER.get().decodeServerFrame(frame, 0, frame.length));
        } catch (FrameException e) {
            broken(e.closeReason(), "the node broke the protocol: " + e.getMessage());
        }
        Session open = session;
        // Asked for more where it reads, Jetty reads on by itself; asked by another thread, it wakes a third.
        if (demanded.decrementAndGet() > 0 && open != null && !ended.get()) {
            open.demand();
        }
    }

    void text() {
        broken(CloseReason.UNSUPPORTED_DATA, "the node sent a text frame");
    }

    private void broken(CloseReason reason, String how) {
        decided = Optional.of(Ending.of(EndCause.BROKEN_PEER, how));
        close(reason, how);
        end(decided.get());
    }

    void closed(int code, String reason) {
        Optional<Ending> known = decided;
        if (known.isPresent()) {
            end(known.get());
        } else if (code == StatusCode.NO_CLOSE) {
            end(Ending.of(EndCause.LOST, "the connection broke" + (reason == null ? "" : ": " + reason)));
        } else if (code == StatusCode.NO_CODE) {
            end(Ending.of(EndCause.NODE_FAILED, "node closed without a code"));
        } else {
            end(Ending.closedByNode(code, reason == null ? "" : reason));
        }
    }

    void failed(Throwable failure) {
        end(decided.orElseGet(() -> Failures.ending(failure, session != null)));
    }

    @Override
    public void onHandshakeResponse(Request request, Response response) {
        if (response.getStatus() != 101) {
            String retryAfter = response.getHeaders().get(HttpHeader.RETRY_AFTER);
            String date = response.getHeaders().get(HttpHeader.DATE);
            decided = Optional.of(Ending.refused(
                    response.getStatus(),
                    retryAfter == null ? "" : retryAfter.trim(),
                    date == null ? OptionalLong.empty() : unixMillis(date)));
        }
    }

    /** A date as HTTP writes it (RFC 9110 section 5.6.7). */
    private static OptionalLong unixMillis(String date) {
        try {
            return OptionalLong.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date.trim()))
                    .toEpochMilli());
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    void end(Ending ending) {
        if (ended.compareAndSet(false, true)) {
            listener.ended(ending);
        }
    }

    /** A close frame has room for 123 bytes of reason (RFC 6455 section 5.5.1). */
    private static String shortened(String text) {
        int most = Math.min(text.length(), ProtocolLimits.MAX_MESSAGE_BYTES);
        String ascii = text.substring(0, most).replaceAll("[^\\x20-\\x7e]", "?");
        return ascii.length() > 123 ? ascii.substring(0, 123) : ascii;
    }
}
