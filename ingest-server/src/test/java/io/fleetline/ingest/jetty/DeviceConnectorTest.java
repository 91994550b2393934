package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.testkit.TestAuthority;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.strategy.AdaptiveExecutionStrategy;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which thread reads, by what Jetty's own selectors count, on a real Jetty with and without TLS. */
class DeviceConnectorTest {
    private static final int MESSAGES = 50;
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private final Server server = new Server();

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void messagesAreReadByTheSelectorsThread() throws Exception {
        HttpConnectionFactory http = new HttpConnectionFactory();
        assertReadInPlace("ws", new DeviceConnector(server, http));
    }

    @Test
    void soTheyAreUnderTls() throws Exception {
        HttpConnectionFactory http = new HttpConnectionFactory();
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(AUTHORITY.server().keyStore("secret".toCharArray()));
        context.setKeyStorePassword("secret");
        assertReadInPlace(
                "wss", new DeviceConnector(server, new SslConnectionFactory(context, http.getProtocol()), http));
    }

    private void assertReadInPlace(String scheme, DeviceConnector connector) throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(WebSocketUpgradeHandler.from(
                server,
                container ->
                        container.addMapping("/", (request, response, callback) -> new HandshakeTimerTest.Echo())));
        server.start();
        BlockingQueue<Byte> heard = new LinkedBlockingQueue<>();
        WebSocket client = HttpClient.newBuilder()
                .sslContext(AUTHORITY.clientContext())
                .build()
                .newWebSocketBuilder()
                .buildAsync(URI.create(scheme + "://127.0.0.1:" + connector.getLocalPort() + "/"), new Heard(heard))
                .get(1, TimeUnit.MINUTES);
        try {
            exchange(client, heard, (byte) 0);
            long before = readByOthers(connector);
            assertThat(before)
                    .as("the handshake is not for the selector's thread")
                    .isPositive();
            long inPlaceBefore = sum(connector, AdaptiveExecutionStrategy::getPCTasksConsumed);
            for (byte i = 1; i <= MESSAGES; i++) {
                exchange(client, heard, i);
            }
            assertThat(readByOthers(connector)).isEqualTo(before);
            assertThat(sum(connector, AdaptiveExecutionStrategy::getPCTasksConsumed) - inPlaceBefore)
                    .as("one that comes while another is answered is read with it")
                    .isBetween(1L, (long) MESSAGES);
        } finally {
            client.abort();
        }
    }

    private static void exchange(WebSocket client, BlockingQueue<Byte> heard, byte message) throws Exception {
        client.sendBinary(ByteBuffer.wrap(new byte[] {message}), true).get(1, TimeUnit.MINUTES);
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo(message);
    }

    private static long readByOthers(DeviceConnector connector) {
        return sum(connector, AdaptiveExecutionStrategy::getEPCTasksConsumed)
                + sum(connector, AdaptiveExecutionStrategy::getPECTasksExecuted);
    }

    private static long sum(DeviceConnector connector, ToLongFunction<AdaptiveExecutionStrategy> counter) {
        return connector.getSelectorManager().getContainedBeans(AdaptiveExecutionStrategy.class).stream()
                .mapToLong(counter)
                .sum();
    }

    private record Heard(BlockingQueue<Byte> messages) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            messages.add(data.get());
            socket.request(1);
            return null;
        }
    }
}
