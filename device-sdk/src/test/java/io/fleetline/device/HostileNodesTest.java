package io.fleetline.device;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetline.device.fake.RawNode;
import io.fleetline.device.fake.RawNode.Wire;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that do to a device what nobody should: each has one right answer, and none may cost it more than a connection. */
class HostileNodesTest {
    private static final DeviceId BOILER = DeviceId.parse("acme/boiler-7");
    /** They wait far more than they compute, and all at once: on a busy machine what takes two seconds may take long. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private static DeviceRuntime runtime;

    @BeforeAll
    static void begin() {
        runtime = DeviceRuntime.create();
    }

    @AfterAll
    static void end() {
        runtime.close();
    }

    static Stream<Arguments> peers() {
        return Stream.of(
                peer("answers 200 with a page", DisconnectReason.WRONG_ENDPOINT, wire -> {
                    wire.readRequest();
                    wire.write(http("200 OK", "X-Nothing: 0"));
                    wire.readToTheEnd();
                }),
                peer("redirects to an endpoint without TLS", DisconnectReason.WRONG_ENDPOINT, wire -> {
                    wire.readRequest();
                    wire.write(http("302 Found", "Location: ws://127.0.0.1:9/connect"));
                    wire.readToTheEnd();
                }),
                peer("asks for another kind of authorization", DisconnectReason.BAD_CREDENTIAL, wire -> {
                    wire.readRequest();
                    wire.write(http("401 Unauthorized", "WWW-Authenticate: Negotiate"));
                    wire.readToTheEnd();
                }),
                peer("is no HTTP server", DisconnectReason.WRONG_ENDPOINT, wire -> {
                    wire.write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII));
                    wire.readToTheEnd();
                }),
                peer("hangs up without a word", DisconnectReason.UNREACHABLE, Wire::readRequest),
                peer("resets the connection within the handshake", DisconnectReason.UNREACHABLE, wire -> {
                    wire.readRequest();
                    wire.reset();
                }),
                peer("accepts with the wrong key", DisconnectReason.WRONG_ENDPOINT, wire -> {
                    wire.readRequest();
                    wire.upgrade(Wire.acceptFor("another"), "Sec-WebSocket-Protocol: fleetline.v1");
                    wire.readToTheEnd();
                }),
                peer("accepts without the subprotocol", DisconnectReason.WRONG_ENDPOINT, wire -> {
                    wire.upgrade(Wire.acceptFor(wire.readRequest()));
                    wire.readToTheEnd();
                }),
                peer("accepts another subprotocol", DisconnectReason.WRONG_ENDPOINT, wire -> {
                    wire.upgrade(Wire.acceptFor(wire.readRequest()), "Sec-WebSocket-Protocol: mqtt");
                    wire.readToTheEnd();
                }),
                peer("switches on compression that was not offered", DisconnectReason.WRONG_ENDPOINT, wire -> {
                    wire.upgrade(
                            Wire.acceptFor(wire.readRequest()),
                            "Sec-WebSocket-Protocol: fleetline.v1",
                            "Sec-WebSocket-Extensions: permessage-deflate");
                    wire.readToTheEnd();
                }),
                frames("masked", "82810000000000"),
                frames("a frame of 1 GiB", "827f0000000040000000" + "00".repeat(100_000)),
                frames("a length with the top bit set", "827f8000000000000000"),
                frames("a text frame", "810568656c6c6f"),
                frames("a reserved opcode", "8300"),
                frames("a reserved bit", "c20180"),
                frames("a ping of 126 bytes", "897e007e" + "00".repeat(126)),
                frames("a fragmented ping", "0900"),
                frames("a continuation of nothing", "8000"),
                frames("a message within a message", "02018082018080"),
                frames("a close frame of one byte", "880103"),
                frames("a close frame with code 1005", "880203ed"),
                frames("an empty message", "8200"),
                frames("a break code", "8201ff"),
                frames("an unknown frame type", "820381187f"),
                frames("a frame of a device", "8203820401"),
                frames("an ack before the welcome", "82058318420001"),
                frames("100,000 arrays in one another", "827e8000" + "81".repeat(0x8000)),
                frames("an array of 2^32 elements", "82059affffffff"),
                frames("a text of 2^63 bytes", "820a81" + "7b8000000000000000"),
                frames("an indefinite array", "82029fff"),
                frames("a map of 2^32 entries as a welcome", "8208821841" + "baffffffff"),
                frames("a head that is longer than it need be", "8205" + "9802184700"),
                frames("a frame and a byte more", "8205" + "82184700" + "00"),
                frames("text that is no UTF-8 as a close reason", "880403e8" + "c328"),
                frames("a close frame with code 999", "880203e7"),
                welcomed("a second welcome", node -> node.send(RawNode.Wire.friendlyWelcome())),
                welcomed(
                        "an ack of more than was sent",
                        node -> node.send(new ServerFrame.Ack(Lane.NORMAL, 1000, Optional.empty()))),
                welcomed(
                        "an ack of another lane",
                        node -> node.send(new ServerFrame.Ack(Lane.URGENT, 1, Optional.empty()))),
                welcomed(
                        "a reject of what was not sent",
                        node -> node.send(new ServerFrame.Reject(Lane.NORMAL, 1000, RejectCode.SCHEMA, ""))),
                welcomed("a rewind to the future", node -> node.send(new ServerFrame.Rewind(Lane.NORMAL, 1000, 0))),
                welcomed("an answer to nothing", node -> node.send(new ServerFrame.Reauthenticated(0))),
                welcomed("a text frame", node -> node.frame(0x81, new byte[] {'h', 'i'})),
                welcomed("a masked frame", node -> node.write(HexFormat.of().parseHex("82810000000000"))));
    }

    private static Arguments welcomed(String name, RawNode.Script then) {
        RawNode.Script script = wire -> {
            wire.welcome();
            // Until the device has opened its lane: what was never opened is another fault.
            wire.readSome();
            then.serve(wire);
            wire.readToTheEnd();
        };
        return Arguments.of("sends, after its welcome, " + name, DisconnectReason.BROKEN_PEER, script);
    }

    private static Arguments peer(String name, DisconnectReason reason, RawNode.Script script) {
        return Arguments.of(name, reason, script);
    }

    private static Arguments frames(String name, String hex) {
        RawNode.Script script = wire -> {
            wire.upgrade();
            wire.readSome();
            wire.write(HexFormat.of().parseHex(hex));
            wire.readToTheEnd();
        };
        return Arguments.of("sends " + name, DisconnectReason.BROKEN_PEER, script);
    }

    private static byte[] http(String status, String header) {
        return String.join("\r\n", "HTTP/1.1 " + status, header, "Content-Length: 0", "", "")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest(name = "a peer that {0}: {1}")
    @MethodSource("peers")
    @Execution(ExecutionMode.CONCURRENT)
    void aHostilePeerCostsOneConnectionAndIsNamed(String name, DisconnectReason reason, RawNode.Script script)
            throws Exception {
        try (RawNode node = new RawNode(script);
                DeviceClient client = client(node)) {
            client.publish("temperature", 21);
            client.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().reason()).contains(reason));
            assertThat(client.status().state())
                    .isIn(ConnectionState.WAITING, ConnectionState.HELD_OFF, ConnectionState.CONNECTING);
            assertThat(client.statistics().outboxEvents()).isEqualTo(1);
            client.close(Duration.ZERO);
        }
    }

    private static DeviceClient client(RawNode node) {
        return builder(node).build();
    }

    private static DeviceClientBuilder builder(RawNode node) {
        return DeviceClient.builder()
                .runtime(runtime)
                .endpoint(node.url())
                .identity(BOILER)
                .secret("s3cret")
                .connectTimeout(Duration.ofSeconds(3));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aPeerThatNeverAnswersTheHandshakeIsGivenUpAfterTheTimeout() throws Exception {
        try (RawNode node = new RawNode(Wire::readToTheEnd);
                DeviceClient client =
                        builder(node).connectTimeout(Duration.ofSeconds(1)).build()) {
            client.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().reason()).contains(DisconnectReason.UNREACHABLE));
            assertThat(client.status().detail()).contains("no welcome within PT1S");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aPeerThatFallsSilentWithinAFrameIsGivenUpAfterTwoHeartbeats() throws Exception {
        RawNode.Script half = wire -> {
            wire.welcome();
            wire.write(new byte[] {(byte) 0x82, 10, (byte) 0x83});
            wire.readToTheEnd();
        };
        try (RawNode node = new RawNode(half);
                DeviceClient client = client(node)) {
            client.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().reason()).contains(DisconnectReason.SILENT));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aPeerThatNeverReadsIsGivenUpAfterTwoHeartbeatsAndMemoryStaysBounded() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        RawNode.Script deaf = wire -> {
            wire.welcome();
            awaitQuietly(done);
        };
        try (RawNode node = new RawNode(deaf);
                DeviceClient client = builder(node)
                        .outbox(OutboxConfig.memory().maxBytes(8 << 20))
                        .build()) {
            client.start();
            for (int i = 0; i < 300; i++) {
                client.publish("blob", new byte[20_000]);
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().reason()).contains(DisconnectReason.SILENT));
            done.countDown();
            client.close(Duration.ZERO);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aFloodOfCommandsIsTakenOnlyAsFarAsThereIsRoomForIt() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        RawNode.Script flood = wire -> {
            wire.welcome();
            for (int i = 0; i < 5_000; i++) {
                wire.send(new ServerFrame.Command("c-" + i, "wait", 0, Payload.NULL, Attributes.NONE));
            }
            wire.readToTheEnd();
        };
        try (RawNode node = new RawNode(flood);
                DeviceClient client = builder(node)
                        .onCommand("wait", command -> {
                            runs.incrementAndGet();
                            awaitQuietly(done);
                            return CommandResult.done();
                        })
                        .build()) {
            client.start();
            await().atMost(PATIENCE).until(() -> client.statistics().commandsReceived() >= 5_000);
            assertThat(runs).hasValue(1);
            done.countDown();
            await().atMost(PATIENCE).until(() -> client.statistics().commandsDone() > 10);
            assertThat(client.statistics().commandsDone()).isLessThanOrEqualTo(65);
            client.close(Duration.ZERO);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void pingsAreAnsweredAndAFloodOfThemEndsNothing() throws Exception {
        AtomicInteger pongs = new AtomicInteger();
        RawNode.Script pinging = wire -> {
            wire.welcome();
            for (int i = 0; i < 2_000; i++) {
                wire.frame(0x89, new byte[] {1, 2, 3});
            }
            while (wire.readSome()) {
                pongs.incrementAndGet();
            }
        };
        try (RawNode node = new RawNode(pinging);
                DeviceClient client = client(node)) {
            client.start();
            await().atMost(PATIENCE).until(() -> pongs.get() > 0);
            assertThat(node.connections()).isEqualTo(1);
            client.close(Duration.ZERO);
        }
    }

    @ParameterizedTest(name = "a node that lives in {0}")
    @ValueSource(strings = {"1970-01-01T00:00:10Z", "2100-01-01T00:00:00Z"})
    @Execution(ExecutionMode.CONCURRENT)
    void aNodeOfAnotherTimeIsServedAndItsTimeNotBelieved(String time) throws Exception {
        long millis = Instant.parse(time).toEpochMilli();
        RawNode.Script elsewhen = wire -> {
            wire.welcome(millis);
            wire.readToTheEnd();
        };
        try (RawNode node = new RawNode(elsewhen);
                DeviceClient client = client(node)) {
            client.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().state()).isEqualTo(ConnectionState.CONNECTED));
            assertThat(client.statistics().clockOffset()).isEmpty();
            client.close(Duration.ZERO);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void fragmentsWithoutEndAndWithoutContentDoNotKeepADeadConnectionAlive() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        RawNode.Script fragments = wire -> {
            wire.welcome();
            wire.frame(0x02, new byte[0]);
            for (int i = 0; i < 10_000; i++) {
                wire.frame(0x00, new byte[0]);
            }
            awaitQuietly(done);
        };
        try (RawNode node = new RawNode(fragments);
                DeviceClient client = client(node)) {
            client.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().reason())
                            .hasValueSatisfying(reason ->
                                    assertThat(reason).isIn(DisconnectReason.SILENT, DisconnectReason.BROKEN_PEER)));
            done.countDown();
            client.close(Duration.ZERO);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aNodeThatDrainsEveryConnectionAtOnceIsNotStormed() throws Exception {
        RawNode.Script draining = wire -> {
            wire.welcome();
            wire.send(new ServerFrame.Drain(0, "go"));
            wire.readToTheEnd();
        };
        try (RawNode node = new RawNode(draining);
                DeviceClient client = client(node)) {
            client.start();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.status().reason()).contains(DisconnectReason.DRAINED));
            await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> node.connections() < 10);
            client.close(Duration.ZERO);
        }
    }
}
