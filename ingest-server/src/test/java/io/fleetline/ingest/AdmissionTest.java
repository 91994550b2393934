package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom a node does not let in although nothing is wrong with the request, and when to come again. */
class AdmissionTest {
    private static final String BAD_CREDENTIALS = "listener.badCredentialsPerDevice=5";

    private final DeviceId id = TestNode.newDeviceId();

    @Test
    void theSixthBadCredentialForADeviceHasToWaitAndSoHasTheRightOne() throws IOException {
        try (TestNode node = TestNode.start(config -> TestNode.set(config, BAD_CREDENTIALS))) {
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
        try (TestNode node = TestNode.start(config -> TestNode.set(config, "listener.connectsPerDevice=3"))) {
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
        try (TestNode node = TestNode.start(config -> TestNode.set(config, "listener.maxConnections=1"))) {
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

    @Test
    void anAddressHasOnlySoManyConnections() throws IOException {
        try (TestNode node = TestNode.start(config -> TestNode.set(config, "listener.connectionsPerSource=2"))) {
            TestDevice first = node.connect(id);
            first.hello();
            node.connect(TestNode.newDeviceId()).hello();
            DeviceId late = TestNode.newDeviceId();
            String secret = node.register(late);
            try (RawPeer peer = peer(node, late + ":" + secret)) {
                assertThat(peer.httpOutcome()).isEqualTo("429");
                assertThat(Integer.parseInt(peer.responseHeader("Retry-After"))).isPositive();
            }
            assertThat(node.server().refusedAttempts().latest().get(0).why())
                    .isEqualTo("all 2 connections of one address are taken");
            first.close();
            Eventually.isTrue("the place is free again", () -> "101".equals(status(node, late + ":" + secret)));
        }
    }

    @Test
    void handshakesAboveTheLimitWaitInTheOperatingSystemForOthersToEnd() throws IOException {
        try (TestNode node = TestNode.start(config -> TestNode.set(config, "listener.maxHandshakes=2"))) {
            String secret = node.register(id);
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 8; i++) { // more than the limit and the acceptors
                silent.add(new Socket(
                        InetAddress.getLoopbackAddress(), node.server().url().getPort()));
            }
            try (RawPeer peer = peer(node, id + ":" + secret)) {
                Eventually.isTrue(
                        "the limit is reached", () -> gauge(node, "fleetline.ingest.handshakes.running") >= 2);
                assertThat(gauge(node, "fleetline.ingest.handshakes.running")).isLessThan(8);
                assertThat(peer.isSilentFor(Duration.ofMillis(200))).isTrue();
                for (Socket each : silent) {
                    each.close();
                }
                assertThat(peer.httpOutcome()).isEqualTo("101");
            }
            Eventually.isTrue("none is left", () -> gauge(node, "fleetline.ingest.handshakes.running") == 0);
        }
    }

    @Test
    void acceptsAboveTheRateWaitAndAreAllAccepted() throws IOException {
        try (TestNode node = TestNode.start(config -> TestNode.set(config, "listener.acceptsPerSecond=5"))) {
            String secret = node.register(id);
            long began = System.nanoTime();
            for (int i = 0; i < 8; i++) {
                assertThat(status(node, id + ":" + secret)).isEqualTo("101");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(300));
        }
    }

    @Test
    void anIdentityThatIsInUseAtTwoPlacesIsReported() throws Exception {
        try (TestNode node = TestNode.start()) {
            String secret = node.register(id);
            RawPeer dead = new RawPeer(node.server().url(), TestDevice.basic(id, secret)).hello();
            TestDevice one = node.connect(id, secret);
            one.hello();
            Eventually.isTrue("the dead one is cut", () -> gauge(node, "fleetline.ingest.connections.open") == 1);
            TestDevice other = node.connect(id, secret);
            other.hello();
            assertThat(one.closed().code()).isEqualTo(4409);
            Eventually.isTrue("the first is gone", () -> gauge(node, "fleetline.ingest.connections.open") == 1);
            assertThat(clones(node))
                    .as("one that is alive at its end may be a change of networks")
                    .isZero();
            node.connect(id, secret).hello();
            assertThat(other.closed().code()).isEqualTo(4409);
            Eventually.isTrue("it is reported", () -> clones(node) == 1);
            dead.close();
        }
    }

    private static double clones(TestNode node) {
        return node.meters().get("fleetline.ingest.identities.cloned").counter().count();
    }

    private static double gauge(TestNode node, String name) {
        return node.meters().get(name).gauge().value();
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
}
