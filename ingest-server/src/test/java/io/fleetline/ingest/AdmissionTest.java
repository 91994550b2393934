package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Whom a node does not let in although nothing is wrong with the request, and when to come again. */
class AdmissionTest {
    private final DeviceId id = TestNode.newDeviceId();

    @Test
    void theSixthBadCredentialForADeviceHasToWaitAndSoHasTheRightOne() throws IOException {
        try (TestNode node = TestNode.start(config -> config.withListener(limited(config.listener(), 0, 0)))) {
            String secret = node.register(id);
            for (int i = 0; i < 5; i++) {
                assertThat(status(node, id + ":wrong")).isEqualTo("401");
            }
            assertThat(status(node, id + ":wrong")).isEqualTo("429");
            try (RawPeer peer = peer(node, id + ":" + secret)) {
                assertThat(peer.httpOutcome()).isEqualTo("429");
                assertThat(Integer.parseInt(peer.responseHeader("Retry-After"))).isBetween(1, 61);
            }
            DeviceId other = TestNode.newDeviceId();
            String othersSecret = node.register(other);
            assertThat(status(node, other + ":" + othersSecret)).isEqualTo("101");
        }
    }

    @Test
    void aDeviceThatConnectsTooOftenIsHeldOff() throws IOException {
        try (TestNode node = TestNode.start(config -> config.withListener(limited(config.listener(), 0, 3)))) {
            String secret = node.register(id);
            for (int i = 0; i < 3; i++) {
                assertThat(status(node, id + ":" + secret)).isEqualTo("101");
            }
            try (RawPeer peer = peer(node, id + ":" + secret)) {
                assertThat(peer.httpOutcome()).isEqualTo("429");
                assertThat(Integer.parseInt(peer.responseHeader("Retry-After"))).isBetween(290, 301);
            }
        }
    }

    @Test
    void aFullNodeSendsDevicesAwayForAWhile() throws IOException {
        try (TestNode node = TestNode.start(config -> config.withListener(limited(config.listener(), 1, 0)))) {
            TestDevice first = node.connect(id);
            first.hello();
            DeviceId late = TestNode.newDeviceId();
            String secret = node.register(late);
            try (RawPeer peer = peer(node, late + ":" + secret)) {
                assertThat(peer.httpOutcome()).isEqualTo("503");
                assertThat(peer.responseHeader("Retry-After")).isNotEmpty();
            }
            first.close();
            Eventually.isTrue("the place is free again", () -> "101".equals(status(node, late + ":" + secret)));
        }
    }

    private static String status(TestNode node, String pair) {
        try (RawPeer peer = peer(node, pair)) {
            return peer.httpOutcome();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static RawPeer peer(TestNode node, String pair) throws IOException {
        String credential = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        RawPeer peer = new RawPeer(node.server().url(), credential);
        peer.raw(peer.goodHead());
        return peer;
    }

    private static ListenerConfig limited(ListenerConfig d, int maxConnections, int connectsPerDevice) {
        return new ListenerConfig(
                d.host(),
                d.port(),
                d.tls(),
                maxConnections,
                0,
                d.handshakeTimeout(),
                d.requestHeadBytes(),
                ListenerConfig.DEFAULTS.badCredentialsPerDevice(),
                ListenerConfig.DEFAULTS.badCredentialsPerSource(),
                connectsPerDevice,
                d.outgoingFrames(),
                d.outgoingBytes(),
                d.writeTimeout());
    }
}
