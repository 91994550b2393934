package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.registry.DeviceSecret;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.session.SessionLimits;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/**
 * What bad peers do, as a table: a name, what is sent, and the one right answer, which is an HTTP status, a close code,
 * {@code cut} (the connection ends without a word) or {@code alive} (it is legal, or at least no reason to end anything).
 */
class HostilePeerTest {
    private static final DeviceId DEVICE = new DeviceId("acme", "suspect");
    private static final DeviceId DISABLED = new DeviceId("acme", "disabled");
    private static final int MAX_FRAME = 8 * 1024;
    private static final byte[] EMPTY = {};

    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    private static TestNode node;
    private static String secret;
    private static String disabledSecret;

    private interface Steps {
        void play(RawPeer peer) throws Exception;
    }

    private record Case(String name, Steps steps, String answer) {}

    @BeforeAll
    static void startNode() {
        RawPeer.countAnew();
        node = TestNode.start(
                config -> config.withListener(impatient(config.listener())).withLimits(impatient(config.limits())));
        secret = node.register(DEVICE);
        NewSecret right = NewSecret.generate(new SecureRandom());
        disabledSecret = right.secret();
        node.registrar().put(DISABLED, new RegisteredDevice(true, List.of(DeviceSecret.always(right.hash()))));
        LOG.start();
        root().addAppender(LOG);
    }

    /** Whatever a peer does costs one line at most, and never a stack trace. */
    @AfterAll
    static void stopNodeAndLookAtItsLog() {
        root().detachAppender(LOG);
        List<ILoggingEvent> lines;
        synchronized (LOG) { // which is how it appends
            lines = List.copyOf(LOG.list);
        }
        node.close();
        assertThat(lines.stream().filter(line -> line.getThrowableProxy() != null))
                .as("stack traces")
                .isEmpty();
        List<String> ofPeers = lines.stream()
                .filter(HostilePeerTest::wouldBeWritten)
                .map(line -> line.getLoggerName() + " " + line.getFormattedMessage())
                .toList();
        assertThat(ofPeers).hasSizeLessThanOrEqualTo(RawPeer.made()).allMatch(line -> line.indexOf(0x1b) < 0);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    }

    /** With the levels that a node has by default; Kafka's lines are none of a peer's doing. */
    private static boolean wouldBeWritten(ILoggingEvent line) {
        boolean ours = line.getLoggerName().startsWith("io.fleetline.");
        return line.getLevel().isGreaterOrEqual(ours ? Level.INFO : Level.WARN)
                && !line.getLoggerName().startsWith("org.apache.kafka")
                && !line.getLoggerName().equals("org.eclipse.jetty.http.HttpParser");
    }

    @TestFactory
    Stream<DynamicTest> beforeTheUpgrade() {
        return Stream.of(
                        http("nothing wrong at all", head -> head, "101"),
                        new Case("silence", peer -> {}, "cut"),
                        new Case(
                                "half a head, then silence",
                                peer -> peer.raw("GET /connect HTTP/1.1\r\nHost: x"),
                                "cut"),
                        new Case("the beginning of a TLS handshake", HostilePeerTest::clientHello, "400"),
                        http("a head above the limit", with("X-Filler: " + "x".repeat(9_000)), "431"),
                        http("a NUL in a header", with("X-Nul: a\0b"), "400"),
                        http("a bare CR in a header", with("X-Cr: a\rb"), "400"),
                        http("a header that is folded", with("X-Folded: a\r\n b"), "400"),
                        http("a space before the colon", with("X-Space : a"), "400"),
                        http("two Hosts", with("Host: elsewhere"), "400"),
                        http("no Host", without("Host"), "400"),
                        http("lengths of two kinds", with("Transfer-Encoding: chunked\r\nContent-Length: 4"), "400"),
                        http("two lengths", with("Content-Length: 4\r\nContent-Length: 5"), "400"),
                        http("POST", replaced("GET /", "POST /"), "405"),
                        http("a method in lower case", replaced("GET /", "get /"), "405"),
                        http("HTTP/1.0", replaced("HTTP/1.1", "HTTP/1.0"), "400"),
                        http("HTTP/3.7", replaced("HTTP/1.1", "HTTP/3.7"), "505"),
                        http("no upgrade", without("Upgrade"), "400"),
                        http("an upgrade to something else", replaced("websocket", "h2c"), "400"),
                        http(
                                "a Connection that does not upgrade",
                                replaced("Connection: Upgrade", "Connection: close"),
                                "400"),
                        http("WebSocket version 8", replaced("Version: 13", "Version: 8"), "426"),
                        http("no WebSocket version", without("Sec-WebSocket-Version"), "400"),
                        http("no key", without("Sec-WebSocket-Key"), "400"),
                        http("a short key", replaced("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), "400"),
                        http("a key that is not Base64", replaced("dGhlIHNhbXBsZSBub25jZQ==", "%%%"), "400"),
                        http("two keys", with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), "400"),
                        http("no subprotocol", without("Sec-WebSocket-Protocol"), "400"),
                        http("an unknown subprotocol", replaced("fleetline.v1", "mqtt"), "400"),
                        http("a version from the future only", replaced("fleetline.v1", "fleetline.v2"), "400"),
                        http("a choice of subprotocols", replaced("fleetline.v1", "fleetline.v2, fleetline.v1"), "101"),
                        http("an Origin", with("Origin: https://example.org"), "403"),
                        http("an unknown path", replaced("/connect", "/elsewhere"), "404"),
                        http("the path with a slash behind it", replaced("/connect", "/connect/"), "404"),
                        http("the path by a detour", replaced("/connect", "/x/../connect"), "404"),
                        http("the path with escapes", replaced("/connect", "/%63onnect"), "404"),
                        http("a token in the query", replaced("/connect", "/connect?token=abc"), "400"),
                        http("no credential", without("Authorization"), "401"),
                        http("an empty credential", authorization(""), "401"),
                        http("a scheme that is unknown here", authorization("Digest x"), "401"),
                        http("a token without a signature", authorization("Bearer eyJhbGciOiJub25lIn0.e30."), "401"),
                        http("a credential that is not Base64", authorization("Basic %%%"), "401"),
                        http("a credential without a colon", authorization(basic("acme")), "401"),
                        http("a wrong secret", authorization(basic("acme/suspect:wrong")), "401"),
                        http("an unknown device", authorization(basic("acme/nobody:wrong")), "401"),
                        http("a name that no device can have", authorization(basic("a b/../c:wrong")), "401"),
                        http("another tenant's device", authorization(basic("other/suspect:wrong")), "401"),
                        new Case("a disabled device", HostilePeerTest::disabled, "403"),
                        http("two credentials", with("Authorization: Basic eDp5"), "400"),
                        http("a credential of 10 KiB", authorization("Basic " + "A".repeat(10_240)), "431"),
                        new Case("permessage-deflate offered", HostilePeerTest::deflateOffered, "101"))
                .map(each -> test(each, RawPeer::httpOutcome));
    }

    @TestFactory
    Stream<DynamicTest> frames() {
        byte[] heartbeat = FrameEncoder.encode(new DeviceFrame.Heartbeat(1));
        return Stream.of(
                        greeted("nothing wrong at all", RawPeer::heartbeat, "alive"),
                        greeted("a frame without a mask", peer -> peer.raw(new byte[] {(byte) 0x82, 1, 0}), "1002"),
                        greeted("RSV1 set", peer -> peer.frame(0xc0, RawPeer.BINARY, heartbeat), "1002"),
                        greeted("RSV2 set", peer -> peer.frame(0xa0, RawPeer.BINARY, heartbeat), "1002"),
                        greeted("RSV3 set", peer -> peer.frame(0x90, RawPeer.BINARY, heartbeat), "1002"),
                        greeted("a reserved opcode for data", peer -> peer.finished(3, EMPTY), "1002"),
                        greeted("a reserved opcode for control", peer -> peer.finished(11, EMPTY), "1002"),
                        greeted(
                                "a reserved opcode that declares 1 GiB",
                                peer -> peer.raw(declaring(0x83, 1 << 30)),
                                "1002"),
                        greeted("a frame that declares 1 GiB", peer -> peer.raw(declaring(0x82, 1 << 30)), "1009"),
                        greeted("a length with the top bit set", peer -> peer.raw(declaring(0x82, -1)), "1009"),
                        greeted("text", peer -> peer.finished(RawPeer.TEXT, ascii("{}")), "1003"),
                        greeted("text in fragments", peer -> peer.unfinished(RawPeer.TEXT, ascii("{")), "1003"),
                        greeted("a ping of 126 bytes", peer -> peer.finished(RawPeer.PING, new byte[126]), "1002"),
                        greeted("a ping in fragments", peer -> peer.unfinished(RawPeer.PING, EMPTY), "1002"),
                        greeted("a stray continuation", peer -> peer.finished(RawPeer.CONTINUATION, heartbeat), "1002"),
                        greeted("a message within a message", HostilePeerTest::interleaved, "1002"),
                        greeted("a message in two fragments", HostilePeerTest::twoFragments, "alive"),
                        greeted("a ping between fragments", HostilePeerTest::pingBetweenFragments, "alive"),
                        greeted("a frame one byte too large", peer -> peer.cbor(new byte[MAX_FRAME + 1]), "1009"),
                        greeted("a message one byte too large", HostilePeerTest::largeMessage, "1009"),
                        greeted("10,000 empty fragments", HostilePeerTest::emptyFragments, "alive"),
                        greeted("a flood of pings", peer -> flood(peer, RawPeer.PING), "4429"),
                        greeted("a flood of pongs", peer -> flood(peer, RawPeer.PONG), "4429"),
                        greeted("an ordinary goodbye", peer -> peer.closeFrame(1000, "bye"), "1000"),
                        greeted("a goodbye without a code", peer -> peer.finished(RawPeer.CLOSE, EMPTY), "1005"),
                        greeted("a close code of one byte", peer -> peer.finished(RawPeer.CLOSE, new byte[1]), "1002"),
                        greeted("close code 999", peer -> peer.closeFrame(999, ""), "1002"),
                        greeted("close code 1005", peer -> peer.closeFrame(1005, ""), "1002"),
                        greeted("close code 1015", peer -> peer.closeFrame(1015, ""), "1002"),
                        greeted("a reason that is not UTF-8", HostilePeerTest::badReason, "1007"),
                        greeted("half a frame, then silence", peer -> peer.raw(declaring(0x82, 100)), "4408"),
                        greeted("silence after hello", peer -> {}, "4408"))
                .map(each -> test(each, RawPeer::webSocketOutcome));
    }

    @TestFactory
    Stream<DynamicTest> sessions() {
        Item event = TestDevice.reading(1);
        return Stream.of(
                        upgraded("no hello", peer -> {}, "4408"),
                        upgraded("open before hello", HostilePeerTest::open, "4400"),
                        upgraded("publish before hello", peer -> publish(peer, 1, event), "4400"),
                        upgraded("heartbeat before hello", RawPeer::heartbeat, "4400"),
                        upgraded("a last number from the far future", peer -> peer.cbor(hello((1L << 53) - 1)), "4400"),
                        greeted("a second hello", peer -> peer.cbor(hello(0)), "4400"),
                        greeted("publish on a lane that is not open", peer -> publish(peer, 1, event), "4400"),
                        greeted("a type that no device sends", peer -> peer.cbor(0x82, 0x18, 63, 0x01), "4400"),
                        greeted("type 0", peer -> peer.cbor(0x82, 0x00, 0x01), "4400"),
                        greeted("a frame that only nodes send", peer -> peer.cbor(0x83, 0x18, 66, 0x00, 0x01), "4400"),
                        opened("a hole in the numbers", peer -> publish(peer, 2, event), "4400"),
                        opened("a number that comes again", peer -> publish(peer, 1, event, 1, event), "4400"),
                        opened("a number of 2^63", peer -> peer.cbor(number63()), "4400"),
                        opened("acked at the item's own number", peer -> peer.cbor(acked(1, 1)), "4400"),
                        opened("no items", peer -> peer.cbor(0x85, 0x03, 0x00, 0x01, 0x00, 0x80), "4400"),
                        opened("an outcome on lane 0", peer -> peer.cbor(outcomeOnLane(0)), "4400"),
                        opened("a gap that ends before it begins", peer -> peer.cbor(gapTo(0)), "4400"),
                        opened(
                                "a lane that does not exist",
                                peer -> peer.cbor(0x85, 3, 4, 1, 0, 0x81, 0x83, 1, 1, 1),
                                "4400"),
                        opened("a second store", HostilePeerTest::otherStore, "4400"),
                        greeted("an outcome of a command that nobody gave", HostilePeerTest::unknownOutcome, "alive"),
                        greeted("a flood of heartbeats", HostilePeerTest::heartbeats, "4429"),
                        greeted("a flood of opens", HostilePeerTest::opens, "4429"),
                        greeted("a flood of new credentials", HostilePeerTest::reauthentications, "4429"),
                        greeted("a wrong new credential", peer -> reauthenticate(peer, "acme/suspect:wrong"), "4401"),
                        greeted("heartbeats with token 0", peer -> peer.cbor(0x82, 0x04, 0x00), "4400"))
                .map(each -> test(each, RawPeer::webSocketOutcome));
    }

    @TestFactory
    Stream<DynamicTest> cbor() {
        return Stream.of(
                        greeted("an empty message", peer -> peer.cbor(EMPTY), "1007"),
                        greeted("not an array", peer -> peer.cbor(0xa0), "4400"),
                        greeted("an empty array", peer -> peer.cbor(0x80), "4400"),
                        greeted("too few elements", peer -> peer.cbor(0x81, 0x04), "4400"),
                        greeted(
                                "elements past those that are known",
                                peer -> peer.cbor(0x83, 0x04, 0x07, 0x00),
                                "alive"),
                        greeted("bytes behind the frame", peer -> peer.cbor(0x82, 0x04, 0x01, 0x00), "1007"),
                        greeted("a frame that ends too early", peer -> peer.cbor(0x82, 0x04), "1007"),
                        greeted("an envelope of indefinite length", peer -> peer.cbor(0x9f, 0x04, 0x01, 0xff), "4400"),
                        greeted(
                                "a number in a head that is too long",
                                peer -> peer.cbor(0x82, 0x04, 0x18, 0x01),
                                "4400"),
                        greeted("a negative number", peer -> peer.cbor(0x82, 0x04, 0x20), "4400"),
                        greeted(
                                "a number above 2^53",
                                peer -> peer.cbor(0x82, 4, 0x1b, 0, 0x40, 0, 0, 0, 0, 0, 1),
                                "4400"),
                        greeted("a float for a number", peer -> peer.cbor(0x82, 0x04, 0xf9, 0x3c, 0x00), "4400"),
                        opened("reserved additional information", peer -> body(peer, 0x1c), "1007"),
                        opened("an array of 2^32", peer -> body(peer, 0x9b, 0, 0, 0, 1, 0, 0, 0, 0), "1007"),
                        opened("a string of 2^63", peer -> body(peer, 0x5b, 0x80, 0, 0, 0, 0, 0, 0, 0), "1007"),
                        opened("a map of 2^63", peer -> body(peer, 0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0), "1007"),
                        opened("an array 65 deep", peer -> body(peer, repeated(0x81, 65, 0x00)), "1007"),
                        opened("a tag 65 deep", peer -> body(peer, repeated(0xc1, 65, 0x00)), "1007"),
                        opened("a break where none may be", peer -> body(peer, 0xff), "1007"),
                        opened("a chunk of the other kind", peer -> body(peer, 0x5f, 0x61, 'a', 0xff), "1007"),
                        opened("a simple value of two bytes below 32", peer -> body(peer, 0xf8, 0x10), "1007"),
                        opened("an array 17 deep", peer -> body(peer, repeated(0x81, 17, 0x00)), "alive"),
                        opened("text that is not UTF-8", peer -> body(peer, 0x62, 0xc3, 0x28), "alive"),
                        opened("the same key twice", peer -> body(peer, 0xa2, 0x01, 0x00, 0x01, 0x00), "alive"),
                        opened("a huge bignum", HostilePeerTest::bignum, "alive"),
                        opened("keys that collide in Java", HostilePeerTest::collidingKeys, "alive"),
                        opened("an item above its limit", peer -> publish(peer, 1, large()), "alive"),
                        opened("a channel with a line feed", peer -> peer.cbor(channel("a\nb")), "4400"),
                        opened("an empty channel", peer -> peer.cbor(channel("")), "4400"),
                        opened("a channel of 129 letters", peer -> peer.cbor(channel("a".repeat(129))), "4400"))
                .map(each -> test(each, RawPeer::webSocketOutcome));
    }

    private interface Outcome {
        String of(RawPeer peer) throws Exception;
    }

    private DynamicTest test(Case each, Outcome outcome) {
        return DynamicTest.dynamicTest(each.name() + " → " + each.answer(), () -> {
            try (RawPeer peer = new RawPeer(node.server().url(), basic(DEVICE + ":" + secret))) {
                each.steps().play(peer);
                assertThat(outcome.of(peer)).isEqualTo(each.answer());
            }
        });
    }

    // ---- before the upgrade

    private interface Change {
        String of(String head);
    }

    private static Case http(String name, Change change, String answer) {
        return new Case(name, peer -> peer.raw(change.of(peer.goodHead())), answer);
    }

    private static Change with(String line) {
        return head -> head.substring(0, head.length() - 2) + line + "\r\n\r\n";
    }

    private static Change without(String header) {
        return head -> head.replaceAll("(?m)^" + header + ": .*\r\n", "");
    }

    private static Change replaced(String what, String by) {
        return head -> head.replace(what, by);
    }

    private static Change authorization(String credential) {
        return head -> head.replaceAll("(?m)^Authorization: .*\r\n", "Authorization: " + credential + "\r\n");
    }

    private static void clientHello(RawPeer peer) {
        peer.raw(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, (byte) 0xfc, 0x03, 0x03, 0x0d, 0x0a});
    }

    private static void disabled(RawPeer peer) {
        peer.raw(authorization(basic(DISABLED + ":" + disabledSecret)).of(peer.goodHead()));
    }

    private static void deflateOffered(RawPeer peer) {
        peer.raw(with("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
                .of(peer.goodHead()));
    }

    // ---- frames

    private static Case upgraded(String name, Steps steps, String answer) {
        return new Case(
                name,
                peer -> {
                    peer.upgrade();
                    steps.play(peer);
                },
                answer);
    }

    private static Case greeted(String name, Steps steps, String answer) {
        return new Case(
                name,
                peer -> {
                    peer.hello();
                    steps.play(peer);
                    if (answer.equals("alive")) {
                        peer.heartbeat();
                    }
                },
                answer);
    }

    private static Case opened(String name, Steps steps, String answer) {
        return greeted(
                name,
                peer -> {
                    open(peer);
                    steps.play(peer);
                },
                answer);
    }

    /** The head of a frame with the length that it declares, and one byte of it. */
    private static byte[] declaring(int firstByte, long length) {
        return ByteBuffer.allocate(15)
                .put((byte) firstByte)
                .put((byte) (0x80 | 127))
                .putLong(length)
                .array();
    }

    private static void interleaved(RawPeer peer) {
        peer.unfinished(RawPeer.BINARY, new byte[] {(byte) 0x82});
        peer.finished(RawPeer.BINARY, FrameEncoder.encode(new DeviceFrame.Heartbeat(1)));
    }

    private static void twoFragments(RawPeer peer) {
        byte[] heartbeat = FrameEncoder.encode(new DeviceFrame.Heartbeat(7));
        peer.unfinished(RawPeer.BINARY, Arrays.copyOf(heartbeat, 1));
        peer.finished(RawPeer.CONTINUATION, Arrays.copyOfRange(heartbeat, 1, heartbeat.length));
    }

    private static void pingBetweenFragments(RawPeer peer) {
        byte[] heartbeat = FrameEncoder.encode(new DeviceFrame.Heartbeat(7));
        peer.unfinished(RawPeer.BINARY, Arrays.copyOf(heartbeat, 1));
        peer.finished(RawPeer.PING, ascii("now"));
        peer.finished(RawPeer.CONTINUATION, Arrays.copyOfRange(heartbeat, 1, heartbeat.length));
    }

    private static void largeMessage(RawPeer peer) {
        peer.unfinished(RawPeer.BINARY, new byte[MAX_FRAME]);
        peer.finished(RawPeer.CONTINUATION, new byte[1]);
    }

    private static void emptyFragments(RawPeer peer) {
        peer.unfinished(RawPeer.BINARY, EMPTY);
        for (int i = 0; i < 10_000; i++) {
            peer.unfinished(RawPeer.CONTINUATION, EMPTY);
        }
        peer.finished(RawPeer.CONTINUATION, FrameEncoder.encode(new DeviceFrame.Heartbeat(7)));
    }

    private static void flood(RawPeer peer, int opcode) {
        for (int i = 0; i < 200; i++) {
            peer.finished(opcode, ascii("x"));
        }
    }

    private static void badReason(RawPeer peer) {
        peer.finished(RawPeer.CLOSE, new byte[] {0x03, (byte) 0xe8, (byte) 0xc3, 0x28});
    }

    // ---- sessions

    private static byte[] hello(long last) {
        return FrameEncoder.encode(new DeviceFrame.Hello(last, RawPeer.NO_CLIENT));
    }

    private static void open(RawPeer peer) {
        open(peer, Lane.NORMAL, 1, 1, 1);
    }

    private static void open(RawPeer peer, Lane lane, long store, long run, long order) {
        peer.send(new DeviceFrame.Open(lane, store, run, order, 1, 1, 0, OptionalLong.empty()));
    }

    private static void publish(RawPeer peer, long from, Item item) {
        peer.send(new DeviceFrame.Publish(Lane.NORMAL, from, 0, List.of(item)));
    }

    private static void publish(RawPeer peer, long from, Item item, long secondFrom, Item second) {
        publish(peer, from, item);
        publish(peer, secondFrom, second);
    }

    private static byte[] number63() {
        return bytes(0x85, 0x03, 0x00, 0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x81, 0x83, 0x01, 0x01, 0x01);
    }

    private static byte[] acked(int from, int acked) {
        return bytes(0x85, 0x03, 0x00, from, acked, 0x81, 0x83, 0x01, from, 0x01);
    }

    private static byte[] gapTo(int to) {
        return bytes(0x85, 0x03, 0x00, 0x01, 0x00, 0x81, 0x83, 0x01, to, 0x01);
    }

    private static byte[] outcomeOnLane(int lane) {
        return bytes(0x85, 0x03, lane, 0x01, 0x00, 0x81, 0x85, 0x02, 0x61, 'c', 0x01, 0x00, 0xf6);
    }

    private static void otherStore(RawPeer peer) {
        open(peer, Lane.URGENT, 2, 1, 1);
    }

    private static void unknownOutcome(RawPeer peer) {
        open(peer, Lane.OUTCOMES, 1, 1, 1);
        peer.send(new DeviceFrame.Publish(
                Lane.OUTCOMES,
                1,
                0,
                List.of(
                        new Item.Outcome("nobody-gave-it", OutcomeStatus.SUCCEEDED, 1, Payload.NULL),
                        new Item.Gap(2, GapReason.OVERFLOW))));
    }

    private static void heartbeats(RawPeer peer) {
        for (int token = 1; token <= 100; token++) {
            peer.send(new DeviceFrame.Heartbeat(1_000 + token));
        }
    }

    private static void opens(RawPeer peer) {
        for (int order = 1; order < 1_500; order++) {
            open(peer, Lane.NORMAL, 1, order, order);
        }
    }

    private static void reauthentications(RawPeer peer) {
        for (int i = 0; i < 3; i++) {
            reauthenticate(peer, DEVICE + ":" + secret);
        }
    }

    private static void reauthenticate(RawPeer peer, String credential) {
        peer.send(new DeviceFrame.Reauthenticate(basic(credential)));
    }

    // ---- CBOR

    private static void body(RawPeer peer, int... body) {
        body(peer, bytes(body));
    }

    private static void body(RawPeer peer, byte[] body) {
        byte[] frame = bytes(0x85, 0x03, 0x00, 0x01, 0x00, 0x81, 0x84, 0x00, 0x61, 'c', 0x00);
        peer.cbor(concat(frame, body));
    }

    private static byte[] channel(String channel) {
        byte[] name = ascii(channel);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(bytes(0x85, 0x03, 0x00, 0x01, 0x00, 0x81, 0x84, 0x00));
        if (name.length < 24) {
            frame.write(0x60 | name.length);
        } else {
            frame.write(0x78);
            frame.write(name.length);
        }
        frame.writeBytes(name);
        frame.writeBytes(bytes(0x00, 0xf6));
        return frame.toByteArray();
    }

    private static void bignum(RawPeer peer) {
        body(peer, concat(bytes(0xc2, 0x59, 3_000 >> 8, 3_000 & 0xff), new byte[3_000]));
    }

    /** "Aa" and "BB" have the same String.hashCode, and so have all strings made of them. */
    private static void collidingKeys(RawPeer peer) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int bits = 7;
        body.writeBytes(bytes(0xb8, 1 << bits));
        for (int i = 0; i < 1 << bits; i++) {
            body.write(0x60 | 2 * bits);
            for (int bit = 0; bit < bits; bit++) {
                body.writeBytes(ascii((i >> bit & 1) == 0 ? "Aa" : "BB"));
            }
            body.write(0x00);
        }
        body(peer, body.toByteArray());
    }

    private static Item large() {
        return TestDevice.event("c", new byte[5_000]);
    }

    private static int[] repeated(int head, int times, int last) {
        int[] bytes = new int[times + 1];
        Arrays.fill(bytes, head);
        bytes[times] = last;
        return bytes;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static ListenerConfig impatient(ListenerConfig d) {
        return new ListenerConfig(
                d.host(),
                d.port(),
                d.tls(),
                d.proxy(),
                d.maxConnections(),
                d.connectionsPerSource(),
                d.maxHandshakes(),
                d.acceptsPerSecond(),
                Duration.ofSeconds(2),
                d.requestHeadBytes(),
                0,
                0,
                0,
                d.outgoingFrames(),
                d.outgoingBytes(),
                d.writeTimeout());
    }

    private static SessionLimits impatient(SessionLimits d) {
        return new SessionLimits(
                Duration.ofMillis(1_500),
                Duration.ofMillis(600),
                MAX_FRAME,
                4_096,
                d.windowItems(),
                d.windowBytes(),
                0,
                1,
                0,
                1,
                d.reconnectWindow(),
                d.rewindDelay(),
                d.maxRewindDelay(),
                d.control(),
                d.tenants());
    }
}
