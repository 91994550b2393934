package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A device as small as can be, over the JDK's own WebSocket client, that says exactly what a test wants it to say. */
final class TestDevice implements WebSocket.Listener, AutoCloseable {
    record Closed(int code, String reason) {}

    /** Only ever waited out by a test that fails; a machine that builds beside it may need much of it. */
    private static final int MOST_SECONDS = 60;

    static final long STORE = 0xcafe;
    static final long RUN = 0xbeef;
    static final long ORDER = 1_700_000_000L;

    private final BlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final FrameDecoder decoder = new FrameDecoder();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private WebSocket socket;

    private TestDevice() {}

    static TestDevice connect(HttpClient http, URI url, DeviceId id, String secret) {
        return connect(http, url, Optional.of(basic(id, secret)));
    }

    /** With this in the {@code Authorization} header, or without one. */
    static TestDevice connect(HttpClient http, URI url, Optional<String> authorization) {
        TestDevice device = new TestDevice();
        WebSocket.Builder builder = http.newWebSocketBuilder().subprotocols(ProtocolLimits.SUBPROTOCOL);
        authorization.ifPresent(credential -> builder.header("Authorization", credential));
        device.socket = builder.buildAsync(url, device).join();
        return device;
    }

    static String basic(DeviceId id, String secret) {
        byte[] pair = (id + ":" + secret).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    static Item.Event event(String channel, Object body) {
        return new Item.Event(channel, 1_700_000_000_123L, BodyCodec.encode(body), Attributes.NONE);
    }

    static Item.Event reading(int counter) {
        return event("env/temperature", Map.of("counter", counter));
    }

    static Item.Event[] readings(int from, int to) {
        Item.Event[] readings = new Item.Event[to - from + 1];
        Arrays.setAll(readings, i -> reading(from + i));
        return readings;
    }

    ServerFrame.Welcome hello() {
        return hello(0);
    }

    ServerFrame.Welcome hello(long last) {
        send(new DeviceFrame.Hello(last, BodyCodec.encode(Map.of("sdk", "test"))));
        return expect(ServerFrame.Welcome.class);
    }

    void open(Lane lane, long next, long acked) {
        open(lane, RUN, ORDER, 1, next, acked);
    }

    void open(Lane lane, long run, long order, long first, long next, long acked) {
        OptionalLong before = acked < first - 1 ? OptionalLong.of(RUN) : OptionalLong.empty();
        send(new DeviceFrame.Open(lane, STORE, run, order, first, next, acked, before));
    }

    void publish(Lane lane, long from, long acked, Item... items) {
        send(new DeviceFrame.Publish(lane, from, acked, List.of(items)));
    }

    void send(DeviceFrame frame) {
        sendBinary(FrameEncoder.encode(frame));
    }

    void sendBinary(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    CompletableFuture<WebSocket> sendWithoutWaiting(DeviceFrame frame) {
        return socket.sendBinary(ByteBuffer.wrap(FrameEncoder.encode(frame)), true);
    }

    WebSocket socket() {
        return socket;
    }

    /** The next frame, which has to be of this kind. */
    <F extends ServerFrame> F expect(Class<F> kind) {
        ServerFrame frame = next();
        assertThat(frame).isInstanceOf(kind);
        return kind.cast(frame);
    }

    /** The next frame of this kind; others before it are passed over. */
    <F extends ServerFrame> F await(Class<F> kind) {
        ServerFrame frame = next();
        while (!kind.isInstance(frame)) {
            frame = next();
        }
        return kind.cast(frame);
    }

    /** Reads acks of the lane until this number is acknowledged. */
    ServerFrame.Ack awaitAck(Lane lane, long upTo) {
        ServerFrame.Ack ack = await(ServerFrame.Ack.class);
        while (ack.lane() != lane || ack.upTo() < upTo) {
            ack = await(ServerFrame.Ack.class);
        }
        assertThat(ack.upTo()).isEqualTo(upTo);
        return ack;
    }

    ServerFrame next() {
        try {
            ServerFrame frame = frames.poll(MOST_SECONDS, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("nothing came within " + MOST_SECONDS + " s; closed: " + closed.getNow(null));
            }
            return frame;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What came and was not looked at yet. */
    List<ServerFrame> unread() {
        return List.copyOf(frames);
    }

    Closed closed() {
        return closed.orTimeout(MOST_SECONDS, TimeUnit.SECONDS).join();
    }

    boolean isClosed() {
        return closed.isDone();
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        message.writeBytes(part);
        if (last) {
            byte[] whole = message.toByteArray();
            message.reset();
            try {
                frames.add(decoder.decodeServerFrame(whole, 0, whole.length));
            } catch (FrameException e) {
                throw new AssertionError("the node sent what cannot be read", e);
            }
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(new Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.complete(new Closed(1006, String.valueOf(error)));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
