package io.fleetline.bench.outbox;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/** Speaks just enough of the protocol to acknowledge whatever comes, at once and without keeping it. */
final class AcknowledgingNode implements AutoCloseable {
    private final Server server;
    private final ServerConnector connector;
    private final AtomicLong sentBytes = new AtomicLong();

    AcknowledgingNode(LongSupplier unixMillis) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(8);
        threads.setDaemon(true);
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory());
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(WebSocketUpgradeHandler.from(server, container -> {
            container.setMaxBinaryMessageSize(ProtocolLimits.MAX_FRAME_BYTES);
            container.setMaxFrameSize(ProtocolLimits.MAX_FRAME_BYTES);
            container.addMapping(ProtocolLimits.PATH, (request, response, callback) -> {
                response.setAcceptedSubProtocol(ProtocolLimits.SUBPROTOCOL);
                return new Socket(sentBytes, unixMillis);
            });
        }));
        server.start();
    }

    URI url() {
        return URI.create("ws://127.0.0.1:" + connector.getLocalPort() + ProtocolLimits.PATH);
    }

    /** Bytes of the frames that it sent. */
    long sentBytes() {
        return sentBytes.get();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the node does not stop", e);
        }
    }

    /** What Jetty calls, one message at a time. */
    public static final class Socket
            implements Session.Listener.AutoDemanding, DeviceFrame.Handler<Optional<ServerFrame>> {
        private final AtomicLong sentBytes;
        private final LongSupplier unixMillis;
        private final FrameDecoder decoder = new FrameDecoder();
        private @Nullable Session session;

        Socket(AtomicLong sentBytes, LongSupplier unixMillis) {
            this.sentBytes = sentBytes;
            this.unixMillis = unixMillis;
        }

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
            byte[] frame = new byte[payload.remaining()];
            payload.get(frame);
            callback.succeed();
            try {
                decoder.decodeDeviceFrame(frame, 0, frame.length)
                        .deliverTo(this)
                        .ifPresent(this::send);
            } catch (FrameException e) {
                session().disconnect();
            }
        }

        private Session session() {
            if (session == null) {
                throw new IllegalStateException("nobody is connected");
            }
            return session;
        }

        private void send(ServerFrame frame) {
            byte[] bytes = FrameEncoder.encode(frame);
            sentBytes.addAndGet(bytes.length);
            session().sendBinary(ByteBuffer.wrap(bytes), Callback.NOOP);
        }

        @Override
        public Optional<ServerFrame> onHello(DeviceFrame.Hello hello) {
            long now = unixMillis.getAsLong();
            return Optional.of(new ServerFrame.Welcome(
                    Math.max(hello.last() + 1, now * 1024),
                    now,
                    25_000,
                    ProtocolLimits.DEFAULT_MAX_FRAME_BYTES,
                    ProtocolLimits.DEFAULT_MAX_ITEM_BYTES,
                    1024,
                    1 << 20,
                    0,
                    0,
                    1000));
        }

        @Override
        public Optional<ServerFrame> onOpen(DeviceFrame.Open open) {
            return Optional.empty();
        }

        @Override
        public Optional<ServerFrame> onPublish(DeviceFrame.Publish publish) {
            long last = publish.from() - 1;
            for (Item item : publish.items()) {
                last = item instanceof Item.Gap gap ? gap.to() : last + 1;
            }
            return Optional.of(new ServerFrame.Ack(publish.lane(), last, Optional.empty()));
        }

        @Override
        public Optional<ServerFrame> onHeartbeat(DeviceFrame.Heartbeat heartbeat) {
            return Optional.of(new ServerFrame.HeartbeatAck(heartbeat.token(), unixMillis.getAsLong(), 1000));
        }

        @Override
        public Optional<ServerFrame> onReauthenticate(DeviceFrame.Reauthenticate reauthenticate) {
            return Optional.of(new ServerFrame.Reauthenticated(0));
        }
    }
}
