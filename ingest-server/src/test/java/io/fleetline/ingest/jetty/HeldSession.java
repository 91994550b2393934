package io.fleetline.ingest.jetty;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.UpgradeRequest;
import org.eclipse.jetty.websocket.api.UpgradeResponse;
import org.eclipse.jetty.websocket.api.exceptions.WebSocketTimeoutException;

/** A Jetty session whose writes end when the test says so, or at once. */
final class HeldSession implements Session {
    /** What was begun to be written: the bytes of a message, or the code of a close frame. */
    record Begun(ByteBuffer bytes, int closeCode) {}

    private final List<Begun> begun = new ArrayList<>();
    private final Queue<Callback> unfinished = new ArrayDeque<>();
    private boolean atOnce;
    private boolean disconnected;

    /** From now on each write ends before it returns. */
    HeldSession endingAtOnce() {
        atOnce = true;
        return this;
    }

    List<Begun> begun() {
        return begun;
    }

    int unfinished() {
        return unfinished.size();
    }

    boolean isDisconnected() {
        return disconnected;
    }

    /** The oldest write ends; the next may begin meanwhile. */
    void finishOne() {
        unfinished.remove().succeed();
    }

    void failOne() {
        unfinished.remove().fail(new java.io.IOException("broken pipe"));
    }

    private void begin(Begun write, Callback callback) {
        begun.add(write);
        if (atOnce) {
            callback.succeed();
        } else {
            unfinished.add(callback);
        }
    }

    @Override
    public void sendBinary(ByteBuffer buffer, Callback callback) {
        begin(new Begun(buffer.duplicate(), 0), callback);
    }

    @Override
    public void sendPong(ByteBuffer buffer, Callback callback) {
        begin(new Begun(buffer.duplicate(), 0), callback);
    }

    @Override
    public void close(int code, String reason, Callback callback) {
        begin(new Begun(ByteBuffer.allocate(0), code), callback);
    }

    @Override
    public void disconnect() {
        disconnected = true;
    }

    // ---- what Outgoing has no use for

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("outgoing frames do not need this");
    }

    @Override
    public void demand() {
        throw unused();
    }

    @Override
    public void sendPartialBinary(ByteBuffer buffer, boolean last, Callback callback) {
        throw unused();
    }

    @Override
    public void sendText(String text, Callback callback) {
        throw unused();
    }

    @Override
    public void sendPartialText(String text, boolean last, Callback callback) {
        throw unused();
    }

    @Override
    public void sendPing(ByteBuffer buffer, Callback callback) {
        throw unused();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        throw unused();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        throw unused();
    }

    @Override
    public String getProtocolVersion() {
        throw unused();
    }

    @Override
    public UpgradeRequest getUpgradeRequest() {
        throw unused();
    }

    @Override
    public UpgradeResponse getUpgradeResponse() {
        throw unused();
    }

    @Override
    public boolean isOpen() {
        throw unused();
    }

    @Override
    public boolean isSecure() {
        throw unused();
    }

    @Override
    public void addIdleTimeoutListener(Predicate<WebSocketTimeoutException> onIdleTimeout) {
        throw unused();
    }

    @Override
    public Duration getIdleTimeout() {
        throw unused();
    }

    @Override
    public void setIdleTimeout(Duration duration) {
        throw unused();
    }

    @Override
    public int getInputBufferSize() {
        throw unused();
    }

    @Override
    public void setInputBufferSize(int size) {
        throw unused();
    }

    @Override
    public int getOutputBufferSize() {
        throw unused();
    }

    @Override
    public void setOutputBufferSize(int size) {
        throw unused();
    }

    @Override
    public long getMaxBinaryMessageSize() {
        throw unused();
    }

    @Override
    public void setMaxBinaryMessageSize(long size) {
        throw unused();
    }

    @Override
    public long getMaxTextMessageSize() {
        throw unused();
    }

    @Override
    public void setMaxTextMessageSize(long size) {
        throw unused();
    }

    @Override
    public long getMaxFrameSize() {
        throw unused();
    }

    @Override
    public void setMaxFrameSize(long size) {
        throw unused();
    }

    @Override
    public boolean isAutoFragment() {
        throw unused();
    }

    @Override
    public void setAutoFragment(boolean autoFragment) {
        throw unused();
    }

    @Override
    public int getMaxOutgoingFrames() {
        throw unused();
    }

    @Override
    public void setMaxOutgoingFrames(int frames) {
        throw unused();
    }
}
