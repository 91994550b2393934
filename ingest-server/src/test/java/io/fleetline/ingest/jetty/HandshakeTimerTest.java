package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.Eventually;
import io.fleetline.ingest.time.Timers;
import io.fleetline.testkit.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timer between accept and upgrade, on a real Jetty with and without TLS, and on time that the test lets pass. */
class HandshakeTimerTest {
    private static final long MOST_SECONDS = 60;
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    /** Says back what it is told. */
    public static final class Echo implements Session.Listener.AutoDemanding {
        private Session session;

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
            session.sendBinary(payload, callback);
        }
    }

    /** Timers that all go off when the test says so. */
    private static final class HeldTimers implements Timers {
        private final List<Runnable> tasks = new CopyOnWriteArrayList<>();

        @Override
        public Timer after(long delayNanos, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        void goOff() {
            tasks.forEach(Runnable::run);
        }
    }

    private final HeldTimers timers = new HeldTimers();
    private final AtomicInteger over = new AtomicInteger();
    private final HandshakeTimer timer =
            new HandshakeTimer(timers, () -> Duration.ofSeconds(15), over::incrementAndGet);
    private final Server server = new Server();
    private ServerConnector plain;
    private ServerConnector tls;

    @BeforeEach
    void start() throws Exception {
        plain = new ServerConnector(server, new HttpConnectionFactory());
        tls = new ServerConnector(
                server, new SslConnectionFactory(serverContext(), "http/1.1"), new HttpConnectionFactory());
        for (ServerConnector connector : List.of(plain, tls)) {
            connector.setHost("127.0.0.1");
            connector.addBean(timer);
            server.addConnector(connector);
        }
        server.setHandler(WebSocketUpgradeHandler.from(
                server, container -> container.addMapping("/connect", (request, response, callback) -> new Echo())));
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wss"})
    void aConnectionThatIsUpgradedIsNotCutWhenItsTimeWouldBeUp(String scheme) throws Exception {
        Client client = new Client();
        WebSocket socket = HttpClient.newBuilder()
                .sslContext(AUTHORITY.clientContext())
                .build()
                .newWebSocketBuilder()
                .buildAsync(URI.create(scheme + "://127.0.0.1:" + port(scheme) + "/connect"), client)
                .join();
        Eventually.isTrue("no timer runs any more", () -> timer.running() == 0);
        Eventually.isTrue("it is known to be over", () -> over.get() == 1);

        timers.goOff();
        socket.sendBinary(ByteBuffer.wrap(new byte[] {42}), true).join();
        assertThat(client.heard.get(MOST_SECONDS, TimeUnit.SECONDS)).isEqualTo(42);
        socket.abort();
    }

    @Test
    void aPeerThatSaysNothingIsCut() throws Exception {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port("ws"))) {
            assertIsCutInTime(peer);
        }
    }

    @Test
    void aPeerThatDoesNotBeginTlsIsCut() throws Exception {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port("wss"))) {
            assertIsCutInTime(peer);
        }
    }

    @Test
    void aPeerThatSpeaksTlsAndThenTricklesIsCut() throws Exception {
        try (SSLSocket peer = (SSLSocket) AUTHORITY
                .clientContext()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port("wss"))) {
            peer.startHandshake();
            peer.getOutputStream().write("GET /connect HT".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertIsCutInTime(peer);
        }
    }

    @Test
    void aConnectionThatEndsByItselfLeavesNoTimerBehind() throws Exception {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port("wss"))) {
            Eventually.isTrue("its timer runs", () -> timer.running() == 1);
            assertThat(peer.isConnected()).isTrue();
        }
        Eventually.isTrue("no timer runs any more", () -> timer.running() == 0);
        Eventually.isTrue("its timer is cancelled", timers.tasks::isEmpty);
    }

    private void assertIsCutInTime(Socket peer) throws IOException {
        peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(MOST_SECONDS));
        Eventually.isTrue("one timer runs", () -> timer.running() == 1);
        timers.goOff();
        Eventually.isTrue("no timer runs any more", () -> timer.running() == 0);
        try {
            while (peer.getInputStream().read() != -1) {
                // What TLS still had to say, such as its goodbye.
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("still connected", e);
        } catch (IOException cut) {
            // So it may end as well.
        }
    }

    private int port(String scheme) {
        return scheme.equals("ws") ? plain.getLocalPort() : tls.getLocalPort();
    }

    private static SslContextFactory.Server serverContext() {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(AUTHORITY.server().keyStore("secret".toCharArray()));
        context.setKeyStorePassword("secret");
        return context;
    }

    /** Keeps the first byte that it hears. */
    private static final class Client implements WebSocket.Listener {
        final CompletableFuture<Integer> heard = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            heard.complete((int) data.get());
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            heard.completeExceptionally(error);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            heard.completeExceptionally(new IOException("closed: " + code + " " + reason));
            return null;
        }
    }
}
