package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.time.ManualTime;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many connections the gate lets be accepted, on time that the test lets pass. */
class AcceptGateTest {
    private static final int PER_SECOND = 100;
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final ManualTime time = new ManualTime();
    private final ServerConnector connector = new ServerConnector(new Server());
    private SocketChannel channel;

    @BeforeEach
    void open() throws IOException {
        channel = SocketChannel.open();
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    @Test
    void noSecondBringsMoreThanATenthBeyondTheRateAlsoAfterAPause() {
        AcceptGate gate = gate(PER_SECOND, 1_000_000);
        assertThat(accepted(gate, 1_000)).isBetween(PER_SECOND, PER_SECOND + PER_SECOND / 10 + 1);
        time.pass(Duration.ofMinutes(1));
        assertThat(accepted(gate, 1_000)).isBetween(PER_SECOND, PER_SECOND + PER_SECOND / 10 + 1);
        assertThat(accepted(gate, 60_000)).isBetween(60 * PER_SECOND - 1, 60 * PER_SECOND + 1);
    }

    @Test
    void aSmallRateIsKeptToo() {
        AcceptGate gate = gate(2, 1_000_000);
        assertThat(accepted(gate, 10_000)).isBetween(20, 22);
    }

    @Test
    void withoutARateAllAreAccepted() {
        AcceptGate gate = gate(0, 1_000_000);
        for (int i = 0; i < 10_000; i++) {
            gate.onAccepting(channel);
            assertThat(connector.isAccepting()).isTrue();
        }
    }

    @Test
    void noMoreAreAcceptedThanMayBeInTheirHandshakes() {
        AcceptGate gate = gate(0, 2);
        gate.onAccepting(channel);
        assertThat(connector.isAccepting()).isTrue();
        gate.onAccepting(channel);
        assertThat(connector.isAccepting()).isFalse();
        gate.handshakeIsOver();
        assertThat(connector.isAccepting()).isTrue();
    }

    /** How many are accepted in so many milliseconds if there are always some who wait; each is through at once. */
    private int accepted(AcceptGate gate, int millis) {
        int accepted = 0;
        for (int i = 0; i < millis; i++) {
            while (connector.isAccepting()) {
                gate.onAccepting(channel);
                gate.handshakeIsOver();
                accepted++;
            }
            time.pass(MILLISECOND);
        }
        return accepted;
    }

    private AcceptGate gate(int acceptsPerSecond, int maxHandshakes) {
        ListenerConfig defaults = ListenerConfig.DEFAULTS.at("127.0.0.1", 0, Optional.empty());
        ListenerConfig config = new ListenerConfig(
                defaults.host(),
                defaults.port(),
                defaults.tls(),
                defaults.proxy(),
                defaults.maxConnections(),
                defaults.connectionsPerSource(),
                maxHandshakes,
                acceptsPerSecond,
                defaults.handshakeTimeout(),
                defaults.requestHeadBytes(),
                defaults.badCredentialsPerDevice(),
                defaults.badCredentialsPerSource(),
                defaults.connectsPerDevice(),
                defaults.outgoingFrames(),
                defaults.outgoingBytes(),
                defaults.writeTimeout());
        return new AcceptGate(connector, config, time, time);
    }
}
