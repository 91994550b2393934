package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.backend.Delivery;
import io.fleetline.backend.EventReader;
import io.fleetline.backend.StartAt;
import io.fleetline.backend.Stranger;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.IngestServer;
import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device sends what a node has to reject; it is found among the dead letters and comes back. */
class DeadLettersTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump-7");
    /** {"a": 1, "a": 2}: the second key begins at byte 4. */
    private static final byte[] SAME_KEY_TWICE = HexFormat.of().parseHex("a2616101616102");

    private static DevKafka kafka;
    private static IngestServer node;
    private static String secret;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        kafka = DevKafka.builder().inProcess().start();
        KafkaConfig config = KafkaConfig.DEFAULTS
                .withBootstrapServers(kafka.bootstrapServers())
                .forSingleBroker(2);
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config)) {
            secret = registrar.register(PUMP);
        }
        node = start(config);
    }

    private static IngestServer start(KafkaConfig config) {
        return IngestServer.start(IngestConfig.DEFAULTS
                .withListener(ListenerConfig.DEFAULTS.at("127.0.0.1", 0, Optional.empty()))
                .withKafka(config)
                .withBudgetBytes(8 * 1024 * 1024)
                .withDrainTime(Duration.ZERO));
    }

    @AfterAll
    static void stop() {
        node.close();
        kafka.close();
    }

    @Test
    void whatWasRejectedIsListedWithTheFaultsPlaceAndComesBack() throws Exception {
        String rejected = sendFaulty(node, PUMP, secret);
        assertThat(rejected).contains("same key twice, at byte 4");

        Spoken list = run("dead-letters", "list", "--body");
        assertThat(list.exitCode).isEqualTo(ExitCode.DONE);
        JsonNode letter = new ObjectMapper().readTree(list.out);
        assertThat(letter.path("device").asText()).isEqualTo("acme/pump-7");
        assertThat(letter.path("code").asText()).isEqualTo("BODY_NOT_ACCEPTABLE");
        assertThat(letter.path("message").asText()).contains("same key twice");
        assertThat(letter.path("faultAt").asInt()).isEqualTo(4);
        assertThat(letter.path("channel").asText()).isEqualTo("env/heat");
        assertThat(letter.path("lane").asText()).isEqualTo("normal");
        assertThat(letter.path("seq").asLong()).isEqualTo(1);
        assertThat(letter.path("bytes").asInt()).isEqualTo(SAME_KEY_TWICE.length);
        assertThat(letter.path("hex").asText()).isEqualTo("a2616101616102");
        assertThat(letter.path("body").toString()).isEqualTo("{\"a\":2}");
        String place = letter.path("letter").asText();

        assertThat(run("dead-letters", "list", "--device", "acme/other").out).isEmpty();
        assertThat(run("dead-letters", "list", "--code", "too_large").out).isEmpty();
        assertThat(run("dead-letters", "list", "--letter", place).out).contains(place);

        Spoken dry = run("dead-letters", "replay", "--all", "--dry-run");
        assertThat(dry.err).contains("1 would be replayed, 0 not");
        Spoken replay = run("dead-letters", "replay", "--letter", place);
        assertThat(replay.exitCode).as(replay.err).isEqualTo(ExitCode.DONE);
        assertThat(replay.err).contains("1 replayed, 0 not");
        assertThat(run("dead-letters", "replay", "--device", "acme/pump-7", "--json").exitCode)
                .isEqualTo(ExitCode.DONE);

        Spoken missing = run("dead-letters", "replay", "--letter", "1:9999");
        assertThat(missing.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err).contains("letter 1:9999 is not", "0 replayed, 1 not");
        Spoken nowhere = run("dead-letters", "replay", "--all", "--to", "nothing-here");
        assertThat(nowhere.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(nowhere.err).isEqualTo("fleetline: there is no topic nothing-here\n");

        Spoken tail = run("tail", "--device", "acme/pump-7", "--from", "earliest", "--count", "2");
        assertThat(tail.out.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith(
                                "{\"device\":\"acme/pump-7\",\"channel\":\"env/heat\",\"time\":\"2023-11-14T22:13:20Z\",")
                        .contains("\"replayOf\":\"fleetline.dead-letters:" + place + "\"")
                        .endsWith(",\"body\":{\"a\":2}}"));

        List<Stranger> strangers = strangers(2);
        Stranger asItWas = strangers.get(0);
        assertThat(asItWas.device()).contains(PUMP);
        assertThat(asItWas.replayOf()).contains("fleetline.dead-letters:" + place);
        assertThat(asItWas.header("channel")).contains("env/heat");
        assertThat(asItWas.header("fl-time")).contains("2023-11-14T22:13:20Z");
        assertThat(asItWas.header("fl")).isEmpty();
        assertThat(asItWas.header("reject-code")).isEmpty();
        assertThat(asItWas.record().value()).isEqualTo(SAME_KEY_TWICE);
        Stranger mended = strangers.get(1);
        assertThat(new String(mended.record().value(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":2}");
        assertThat(mended.header("content-type")).contains("application/json");
        assertThat(mended.partition()).as("the same key, so the same partition").isEqualTo(asItWas.partition());
    }

    @Test
    @Tag("interop")
    void whereEachTenantHasTopicsOfItsOwnBothAreNamed() throws Exception {
        KafkaConfig config = KafkaConfig.DEFAULTS
                .withBootstrapServers(kafka.bootstrapServers())
                .forSingleBroker(2)
                .withTopics(new TopicNames(
                        "own.events.{tenant}",
                        "own.dead-letters.{tenant}",
                        "own.commands",
                        "own.command-updates",
                        "own.devices",
                        "own.tenants",
                        "own.audit"));
        DeviceId fan = new DeviceId("globex", "fan-1");
        Map<DeviceId, String> secrets;
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config)) {
            secrets = registrar.register(List.of(PUMP, fan));
        }
        try (IngestServer own = start(config)) {
            for (Map.Entry<DeviceId, String> device : secrets.entrySet()) {
                assertThat(sendFaulty(own, device.getKey(), device.getValue())).contains("same key twice");
            }
        }

        Spoken list = run("dead-letters", "list", "--topic", "own.dead-letters.globex");
        JsonNode letter = new ObjectMapper().readTree(list.out);
        assertThat(letter.path("device").asText()).isEqualTo("globex/fan-1");
        assertThat(run("dead-letters", "list", "--topic", "own.dead-letters.acme").out)
                .contains("\"device\":\"acme/pump-7\"")
                .doesNotContain("globex");
        Spoken template = run("dead-letters", "list", "--topic", "own.dead-letters.{tenant}");
        assertThat(template.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(template.err).contains("own.dead-letters.{tenant}");

        Spoken replay = run(
                "dead-letters", "replay", "--all", "--topic", "own.dead-letters.globex", "--to", "own.events.globex");
        assertThat(replay.exitCode).as(replay.err).isEqualTo(ExitCode.DONE);
        assertThat(replay.err).contains("1 replayed, 0 not");
        Spoken tail = run("tail", "--topic", "own.events.globex", "--from", "earliest", "--count", "1");
        assertThat(tail.out)
                .startsWith("{\"device\":\"globex/fan-1\",\"channel\":\"env/heat\",")
                .contains("\"replayOf\":\"own.dead-letters.globex:"
                        + letter.path("letter").asText() + "\"");
    }

    @Test
    void itHasToBeSaidWhichOnesAreMeant() throws IOException {
        Spoken nothing = run("dead-letters", "replay");
        assertThat(nothing.exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(nothing.err).contains("say which letters to replay: --device, --code or --letter, or else --all");
        assertThat(run("dead-letters", "replay", "--all", "--code", "TOO_LARGE").exitCode)
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("dead-letters", "list", "--letter", "3").err).contains("'3' is no letter such as 3:1042");
        assertThat(run("dead-letters").err).contains("dead-letters needs 'list' or 'replay'");
        Spoken noTopic = run("dead-letters", "list", "--topic", "nothing-here");
        assertThat(noTopic.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(noTopic.err).contains("there is no topic nothing-here");
    }

    @Test
    void furtherSettingsOfKafkasClientsComeFromAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("client.properties"), "security.protocol=NONSENSE\n");
        assertThat(run("dead-letters", "list", "--kafka-config", file.toString()).err)
                .contains("security.protocol");
        assertThat(run("dead-letters", "list", "--kafka-config", "missing.properties").err)
                .contains("cannot read missing.properties");
    }

    private record Spoken(int exitCode, String out, String err) {}

    private static Spoken run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (arguments.length > 1) {
            all.addAll(List.of("--bootstrap", kafka.bootstrapServers()));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                Fleetline.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
        return new Spoken(exitCode, out.toString(), err.toString());
    }

    private static List<Stranger> strangers(int count) {
        List<Stranger> strangers = new ArrayList<>();
        try (EventReader reader = EventReader.builder()
                .bootstrapServers(kafka.bootstrapServers())
                .topics("fleetline.events")
                .startAt(StartAt.earliest())
                .build()) {
            for (int polls = 0; strangers.size() < count && polls < 100; polls++) {
                for (Delivery delivery : reader.poll(Duration.ofMillis(200)).deliveries()) {
                    if (delivery instanceof Stranger stranger) {
                        strangers.add(stranger);
                    }
                }
            }
        }
        assertThat(strangers).hasSize(count);
        return strangers;
    }

    /** As a device without our SDK, which would not send it. Returns what the node says. */
    private static String sendFaulty(IngestServer to, DeviceId device, String itsSecret) throws Exception {
        Item.Event event = new Item.Event(
                "env/heat",
                1_700_000_000_000L,
                Payload.wrap(SAME_KEY_TWICE),
                new Attributes(Optional.empty(), ClockQuality.UNKNOWN, Optional.empty(), Optional.empty()));
        Rejection rejection = new Rejection();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols(ProtocolLimits.SUBPROTOCOL)
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((device + ":" + itsSecret).getBytes(StandardCharsets.UTF_8)))
                .buildAsync(to.url(), rejection)
                .join();
        for (DeviceFrame frame : List.of(
                new DeviceFrame.Hello(0, BodyCodec.encode(Map.of("sdk", "none"))),
                new DeviceFrame.Open(Lane.NORMAL, 1, 2, 3, 1, 1, 0, OptionalLong.empty()),
                new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.of(event)))) {
            socket.sendBinary(ByteBuffer.wrap(FrameEncoder.encode(frame)), true).join();
        }
        String message = rejection.message.get(20, TimeUnit.SECONDS);
        socket.abort();
        return message;
    }

    private static final class Rejection implements WebSocket.Listener {
        private final CompletableFuture<String> message = new CompletableFuture<>();
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            while (data.hasRemaining()) {
                part.write(data.get());
            }
            if (last) {
                try {
                    ServerFrame frame = new FrameDecoder().decodeServerFrame(part.toByteArray(), 0, part.size());
                    if (frame instanceof ServerFrame.Reject reject) {
                        message.complete(reject.message());
                    }
                } catch (FrameException e) {
                    message.completeExceptionally(e);
                }
                part.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            message.completeExceptionally(new IOException("closed with " + code + " " + reason));
            return null;
        }
    }
}
