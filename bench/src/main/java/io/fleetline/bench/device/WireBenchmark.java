package io.fleetline.bench.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.SendingConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.cbor.BodyCodec;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** P13: what passes between a device and a node, beside the least that MQTT needs for the same. */
public final class WireBenchmark implements Benchmark {
    private static final Target LESS_THAN_MQTT = Target.atMost(1, 1);
    private static final String CHANNEL = "boiler/state";
    private static final int TOGETHER = 50;
    private static final Duration LINGER = Duration.ofMillis(200);
    private static final Duration HEARTBEAT = Duration.ofSeconds(25);
    private static final Duration QUIET = Duration.ofMillis(500);

    private static final String BATCHED = "event, 50 in a frame";
    private static final String ALONE = "event, alone";
    private static final String HEARTBEATS = "heartbeat";
    private static final String FIRST = "first connect";
    private static final String AGAIN = "connect again";

    /** For {@code Benchmarks}. */
    public WireBenchmark() {}

    @Override
    public String name() {
        return "p13";
    }

    @Override
    public String summary() {
        return "bytes on the wire: for an event in a frame of 50 and alone, an idle hour, a connect; ÷ the least for MQTT QoS 1";
    }

    /** @param heartbeat how often there is one, which changes nothing of its bytes */
    private record Plan(int rounds, int frames, int alone, int heartbeats, Duration heartbeat) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Plan(1, 20, 50, 1, Duration.ofSeconds(12));
                case FULL -> new Plan(4, 100, 200, 2, HEARTBEAT);
            };
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node("node", NodeOptions.DEFAULTS.withHeartbeat(plan.heartbeat()));
            Map<String, List<Double>> bytes = new LinkedHashMap<>();
            for (int round = 1; round <= plan.rounds(); round++) {
                // A runtime of its own for each round: the first connect of one knows no TLS session.
                try (CountingProxy proxy = new CountingProxy(URI.create(node.url()));
                        DeviceRuntime runtime = DeviceRuntime.create()) {
                    Device device = new Device(stage, node, runtime, proxy, round);
                    device.round(plan, bytes);
                }
                List<String> words = new ArrayList<>();
                bytes.forEach(
                        (what, values) -> words.add(what + " " + Numbers.text(values.get(values.size() - 1)) + " B"));
                progress.say("round " + round + ": " + String.join(", ", words));
            }
            return measurement(plan, bytes);
        }
    }

    /** One device in one round. */
    private record Device(Stage stage, Stage.Node node, DeviceRuntime runtime, CountingProxy proxy, int number) {
        void round(Plan plan, Map<String, List<Double>> bytes) throws Exception {
            long before = proxy.bytes();
            try (DeviceClient client = connect(SendingConfig.DEFAULT)) {
                add(bytes, FIRST, (double) (proxy.bytes() - before));
                before = proxy.bytes();
                for (int i = 0; i < plan.alone(); i++) {
                    client.publish(CHANNEL, reading(i)).toCompletableFuture().get(1, TimeUnit.MINUTES);
                }
                awaitQuiet();
                add(bytes, ALONE, (double) (proxy.bytes() - before) / plan.alone());
                add(bytes, HEARTBEATS, heartbeats(plan.heartbeats()));
                before = proxy.bytes();
                proxy.cut();
                awaitConnects(client, 2);
                add(bytes, AGAIN, (double) (proxy.bytes() - before));
            }
            SendingConfig together =
                    SendingConfig.DEFAULT.maxFrameEvents(TOGETHER).linger(LINGER);
            try (DeviceClient client = connect(together)) {
                before = proxy.bytes();
                long frames = client.statistics().framesSent();
                List<CompletionStage<?>> receipts = new ArrayList<>();
                for (int frame = 0; frame < plan.frames(); frame++) {
                    receipts.clear();
                    for (int i = 0; i < TOGETHER; i++) {
                        receipts.add(client.publish(CHANNEL, reading(i)));
                    }
                    for (CompletionStage<?> receipt : receipts) {
                        receipt.toCompletableFuture().get(1, TimeUnit.MINUTES);
                    }
                }
                awaitQuiet();
                frames = client.statistics().framesSent() - frames;
                if (frames > plan.frames() + 2) {
                    throw new IllegalStateException(
                            "not all frames were full: " + frames + " for " + plan.frames() * TOGETHER + " events");
                }
                add(bytes, BATCHED, (double) (proxy.bytes() - before) / (plan.frames() * TOGETHER));
            }
        }

        private DeviceClient connect(SendingConfig sending) throws Exception {
            JsonNode device = node.answer().path("devices").path(number);
            DeviceClient client = DeviceClient.builder()
                    .runtime(runtime)
                    .endpoint(proxy.url())
                    .trustedCertificates(stage.trust())
                    .identity(DeviceId.parse(device.path("id").asText()))
                    .secret(device.path("secret").asText())
                    .sending(sending)
                    .build()
                    .start();
            awaitConnects(client, 1);
            return client;
        }

        private void awaitConnects(DeviceClient client, int count) throws InterruptedException {
            long began = Clock.nanos();
            while (client.statistics().connects() < count) {
                if (Clock.nanos() - began > TimeUnit.MINUTES.toNanos(1)) {
                    throw new IllegalStateException("not connected within a minute: " + client.status());
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            awaitQuiet();
        }

        /** Bytes of one, on average. The first one may be on its way already, and is not counted. */
        private double heartbeats(int count) throws InterruptedException {
            long before = proxy.bytes();
            for (int i = 0; i < count; i++) {
                long so = proxy.bytes();
                long began = Clock.nanos();
                while (proxy.bytes() == so) {
                    if (Clock.nanos() - began > 2 * HEARTBEAT.toNanos()) {
                        throw new IllegalStateException("no heartbeat within " + HEARTBEAT.multipliedBy(2));
                    }
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                awaitQuiet();
            }
            return (double) (proxy.bytes() - before) / count;
        }

        /** Until nothing has passed for a moment. */
        private void awaitQuiet() throws InterruptedException {
            long last = -1;
            while (last != proxy.bytes()) {
                last = proxy.bytes();
                TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
            }
        }

        private static void add(Map<String, List<Double>> bytes, String what, double value) {
            bytes.computeIfAbsent(what, any -> new ArrayList<>()).add(value);
        }
    }

    private static Map<String, Object> reading(int number) {
        return Map.of(
                "celsius",
                61.5 + number % 10,
                "target",
                65,
                "bar",
                1.73,
                "flow",
                12.25,
                "burner",
                number % 2 == 0,
                "cycle",
                number % 20,
                "state",
                "heating");
    }

    private static Measurement measurement(Plan plan, Map<String, List<Double>> bytes) throws IOException {
        int body = BodyCodec.encode(reading(0)).length();
        SideResult side = new SideResult(
                "fleetline",
                bytes.entrySet().stream()
                        .map(entry -> new Series(entry.getKey(), "B", new Samples(entry.getValue())))
                        .toList());
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("body", "a map of seven readings, " + body + " B as CBOR, on the channel " + CHANNEL);
        parameters.put("link", "wss on loopback, TLS 1.3; bytes of both directions, without TCP's and IP's headers");
        parameters.put(
                "rounds",
                plan.rounds() + " of " + plan.alone() + " events alone, " + plan.frames() + " frames and "
                        + plan.heartbeats() + " heartbeats each, one in "
                        + plan.heartbeat().toSeconds() + " s; an idle hour is reckoned with one in "
                        + HEARTBEAT.toSeconds() + " s");
        double perHour = Duration.ofHours(1).toSeconds() / (double) HEARTBEAT.toSeconds();
        return new Measurement(
                parameters,
                List.of(side),
                List.of(
                        stated("P13 " + BATCHED, side.samples(BATCHED), 1),
                        against("P13 " + BATCHED + " ÷ MQTT", side.samples(BATCHED), mqtt(body, TOGETHER)),
                        stated("P13 " + ALONE, side.samples(ALONE), 1),
                        against("P13 " + ALONE + " ÷ MQTT", side.samples(ALONE), mqtt(body, 1)),
                        stated("P13 idle hour", side.samples(HEARTBEATS), perHour),
                        against("P13 idle ÷ MQTT", side.samples(HEARTBEATS), MqttBytes.perPing()),
                        stated("P13 " + FIRST, side.samples(FIRST), 1),
                        stated("P13 " + AGAIN, side.samples(AGAIN), 1)),
                List.of(
                        "MQTT is reckoned, not measured: 3.1.1, QoS 1, wss, the channel as topic, as much in one message as there is"
                                + " cause for: " + Numbers.text(mqtt(body, TOGETHER)) + " B for one of " + TOGETHER
                                + " events, " + Numbers.text(mqtt(body, 1)) + " B for one alone, "
                                + Numbers.text(MqttBytes.perPing())
                                + " B for a keep-alive. On the JDK's TLS, which pads each"
                                + " record with 16 B, and with the time of each event as "
                                + MqttBytes.TIME + " B in its payload: ours have one.",
                        "A connect is everything until nothing more passes: TLS, the upgrade, hello and welcome. The first is a full"
                                + " handshake; the second is the same client after a cut, which may resume the TLS session."));
    }

    private static double mqtt(int body, int together) {
        return MqttBytes.perEvent(CHANNEL, body + MqttBytes.TIME, together);
    }

    private static Figure stated(String id, Samples samples, double times) {
        Samples scaled = new Samples(
                samples.values().stream().map(value -> value * times).toList());
        return Figure.absolute(id, "bytes", "B", scaled, Optional.empty());
    }

    private static Figure against(String id, Samples samples, double mqtt) {
        Samples ratios =
                new Samples(samples.values().stream().map(value -> value / mqtt).toList());
        return Figure.absolute(id, "ours ÷ MQTT's least", "ratio", ratios, Optional.of(LESS_THAN_MQTT));
    }
}
