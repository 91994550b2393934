package io.fleetline.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.device.OutboxMode;
import io.fleetline.device.OverflowPolicy;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.simulator.payload.PayloadModel;
import io.fleetline.simulator.payload.Replay;
import io.fleetline.simulator.schedule.Durations;
import io.fleetline.simulator.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioTest {
    private static final String LEAST = """
        name: least
        stages:
          - {name: all, for: 10s}
        groups:
          - name: pump
            devices: 3
        """;

    @TempDir
    private Path directory;

    @Test
    void whatIsNotSaidHasADefault() {
        Scenario scenario = parse(LEAST);

        assertThat(scenario.seed()).isEqualTo(1);
        assertThat(scenario.nodes()).isEqualTo(1);
        assertThat(scenario.drain()).isEqualTo(Duration.ofSeconds(30));
        assertThat(scenario.warmUp()).isZero();
        assertThat(scenario.thresholds()).isEqualTo(Thresholds.NONE);
        assertThat(scenario.deviceIds())
                .containsExactly(
                        DeviceId.parse("sim/pump-00001"),
                        DeviceId.parse("sim/pump-00002"),
                        DeviceId.parse("sim/pump-00003"));
        assertThat(scenario.groups().get(0).outbox())
                .isEqualTo(new Group.Outbox(OutboxMode.MEMORY, 4 << 20, new OverflowPolicy.Refuse()));
    }

    @Test
    void allThatCanBeSaidIsRead() throws Exception {
        Files.writeString(directory.resolve("real.csv"), "a\n1\n");
        Scenario scenario = parse("""
            name: all
            about: Everything once.
            seed: 42
            nodes: 2
            drain: 5m
            warmUp: 1m
            stages:
              - {name: ramp, for: 1m, load: 50%}
              - {name: full, for: 2m}
            groups:
              - name: pump
                tenant: acme
                devices: 1_000
                outbox: {mode: durable, maxBytes: 1MiB, overflow: keep-newest}
                arrive: {at: 10s, perSecond: 100, pattern: random}
                clockOffset: -2h
                publish:
                  - channel: pump/state
                    lane: urgent
                    ttl: 1h
                    schedule: {kind: bursts, every: 10s, events: 5, spacing: 20ms}
                    payload: {kind: replay, file: real.csv}
                  - channel: pump/count
                    schedule: {every: 500us}
                    payload: {kind: counters, fields: [a, b], mostStep: 3}
                answers:
                  - {name: open, answerTime: 20ms, failures: 5%}
            commands:
              - {name: open, group: pump, at: 1m, every: 10s, to: one, expiry: 30s}
            faults:
              - {kind: slow-reader, group: pump, at: 1m, for: 10s, share: 30%, bytesPerSecond: 1KiB}
              - {kind: disconnect, group: pump, at: 90s}
              - {kind: loss, group: pump, at: 1m, for: 10s, loss: 2%}
              - {kind: loss, group: pump, at: 1m, for: 10s}
            thresholds:
              ackP99: 200ms
              connected: 99.5%
              dropped: 0
              lateAfter: 5s
            """);

        assertThat(scenario.length()).isEqualTo(Duration.ofMinutes(3));
        assertThat(scenario.warmUp()).isEqualTo(Duration.ofMinutes(1));
        assertThat(scenario.stages().get(0).load()).isEqualTo(0.5);
        Group group = scenario.groups().get(0);
        assertThat(group.devices()).isEqualTo(1_000);
        assertThat(group.outbox())
                .isEqualTo(new Group.Outbox(OutboxMode.DURABLE, 1 << 20, new OverflowPolicy.KeepNewest()));
        assertThat(group.arrival()).isEqualTo(new Group.Arrival(Duration.ofSeconds(10), Duration.ofSeconds(10), true));
        assertThat(group.clockOffset()).contains(Duration.ofHours(-2));
        assertThat(group.publications().get(0))
                .isEqualTo(new Group.Publication(
                        "pump/state",
                        Lane.URGENT,
                        Optional.of(Duration.ofHours(1)),
                        new Schedule.Bursts(Duration.ofSeconds(10), 5, Duration.ofMillis(20)),
                        new Replay(List.of(Map.of("a", 1L)))));
        assertThat(group.publications().get(1).payload()).isEqualTo(new PayloadModel.Counters(List.of("a", "b"), 3));
        assertThat(scenario.eventsPerSecond()).isEqualTo(1_000 * (0.5 + 2_000));
        assertThat(group.handlers()).containsExactly(new Group.Handler("open", Duration.ofMillis(20), 0.05));
        assertThat(scenario.orders())
                .containsExactly(new Order(
                        "open",
                        "pump",
                        Duration.ofMinutes(1),
                        Optional.of(Duration.ofSeconds(10)),
                        false,
                        Duration.ofSeconds(30)));
        assertThat(scenario.faults().get(0))
                .isEqualTo(new Fault(
                        Fault.Kind.SLOW_READER,
                        "pump",
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10),
                        0.3,
                        Duration.ZERO,
                        0,
                        1024));
        assertThat(scenario.faults().get(2).loss()).isEqualTo(0.02);
        assertThat(scenario.faults().get(3).loss()).isEqualTo(0.1);
        assertThat(scenario.thresholds().connected()).contains(0.995);
    }

    @Test
    void aMistakeIsNamedWithItsLine() {
        refuses(LEAST + "    devces: 4\n", "test line 7: unknown key groups[0].devces; did you mean devices?");
        refuses(LEAST.replace("devices", "devces"), "test line 6: unknown key groups[0].devces; did you mean devices?");
        refuses(LEAST.replace("    devices: 3\n", ""), "test line 5: groups[0].devices is missing");
        refuses(LEAST.replace("10s", "soon"), "test line 3: stages[0].for is \"soon\", no duration such as 250ms");
        refuses(LEAST.replace("10s", "1ms"), "test line 3: stages[0].for is 1ms, not within 100ms to 7d");
        refuses(LEAST.replace("3\n", "three\n"), "test line 6: groups[0].devices is \"three\", not a whole number");
        refuses(LEAST.replace("3\n", "300000\n"), "test line 6: groups[0].devices is 300000, not within 1 to 99999");
        refuses(
                LEAST.replace("name: pump", "name: pump\n    tenant: ACME"),
                "test line 6: groups[0].tenant is \"ACME\", not of");
        refuses(LEAST + "stages: []\n", "test line 7: Duplicate field 'stages'");
        refuses(LEAST + "thresholds: 5\n", "test line 7: thresholds has keys of its own, not a value");
        refuses(LEAST + "faults: 5\n", "test line 7: faults is a list");
        refuses("- a\n", "test line 1: keys are expected, not a list");
        refuses("", "test line 1: name is missing");
        refuses("name: a\nstages: []\ngroups: []\n", "stages is missing");
        refuses(
                LEAST + "faults:\n- {kind: explode, group: pump, at: 1s}\n",
                "test line 8: faults[0].kind is \"explode\", not one of disconnect, cut, half-open");
        refuses(
                LEAST + "faults:\n- {kind: cut, group: pumps, at: 1s, for: 1s}\n",
                "test line 8: there is no group pumps; did you mean pump?");
        refuses(
                LEAST + "    publish:\n    - channel: a b\n      schedule: {every: 1s}\n      payload: {kind: walk}\n",
                "test line 8: groups[0].publish[0].channel is \"a b\", not 1 to 128 of");
        refuses(
                LEAST
                        + "    publish:\n"
                        + "    - channel: a\n"
                        + "      schedule: {every: 1s}\n"
                        + "      payload: {kind: replay, file: no}\n",
                "test line 10: groups[0].publish[0].payload: cannot read");
        refuses(
                LEAST + "    arrive: {over: 1s, perSecond: 5}\n",
                "test line 7: groups[0].arrive: over and perSecond do not go together");
        refuses(
                LEAST + "  - name: pump\n    devices: 1\n",
                "test line 7: groups[1].name is pump, which groups[0] is called too");
        refuses(LEAST + "warmUp: 10s\n", "test line 7: warmUp is 10s, not within 0s to less than the stages take, 10s");
        refuses(LEAST.replace("3\n", "3000000000\n"), "test line 6: groups[0].devices is \"3000000000\", not within");
        refuses(
                LEAST.replace("10s", "999999999999d"),
                "stages[0].for is \"999999999999d\", longer than the longest, 36525 days");
        refuses(LEAST + "seed: 999999999999GiB\n", "test line 7: seed is \"999999999999GiB\", more than any number");
        refuses(LEAST + "\tseed: 1\n", "test line 7: while scanning for the next token, found character '\\t(TAB)'");
        refuses(LEAST + "thresholds: {connected: NaN}\n", "thresholds.connected is \"NaN\", not a number");
    }

    @Test
    void theLineIsThatOfTheKeyAndNotOfWhatItIsIn() {
        refuses(
                LEAST + "    publish:\n      - channel: a\n        schedule:\n          kind: bursts\n"
                        + "          every: 1s\n          events: 2\n          spacing: 1s\n        payload: {kind: walk}\n",
                "test line 13: groups[0].publish[0].schedule.spacing is 1s: a burst of 2 events would not end");
        refuses(
                LEAST + "    publish:\n      - channel: a\n        schedule: {every: 5us}\n"
                        + "        payload:\n          kind: walk\n          start: 500\n",
                "test line 9: groups[0].publish[0].schedule.every is 5us, shorter than 10us");
        refuses(
                LEAST + "    publish:\n      - channel: a\n        schedule: {every: 5s}\n"
                        + "        payload:\n          kind: walk\n          start: 500\n",
                "test line 12: groups[0].publish[0].payload.start is 500.0, not within least");
        // The key at fault has its default: where its section begins.
        refuses(
                LEAST + "    publish:\n      - channel: a\n        schedule: {every: 5s}\n"
                        + "        payload:\n          kind: walk\n          least: 50\n",
                "test line 11: groups[0].publish[0].payload.start is 20.0, not within least");
        refuses(LEAST + "threshold:\n  ackP99: 5s\n", "test line 7: unknown key threshold; did you mean thresholds?");
        refuses(LEAST + "drain:\n  - 5s\n", "test line 7: drain is one value");
        refuses(
                LEAST + "thresholds:\n  connected: 100%\n  lateAfter: 0s\n",
                "test line 9: thresholds.lateAfter is 0s, not within 1ms to 365d");
        refuses(
                LEAST + "faults:\n  - kind: delay\n    group: pump\n    at: 1s\n    for: 1s\n    delay: 90m\n",
                "test line 12: faults[0].delay is 90m, not within 1ms to 5m");
        refuses(
                LEAST + "faults:\n  - kind: loss\n    group: pump\n    at: 1s\n    for: 1s\n    loss: 95%\n",
                "test line 12: faults[0].loss is 0.95, not within 1.0E-6 to 0.9");
        refuses(
                LEAST + "faults:\n  - {kind: cut, group: pump, at: 1s, for: 1s, loss: 5%}\n",
                "test line 8: unknown key faults[0].loss");
        refuses(LEAST + "    clockOffset: 36500d\n", "groups[0].clockOffset is 36500d, not within -3650d to 3650d");
        assertThat(Durations.text(Duration.ofNanos(1))).isEqualTo("1ns");
    }

    @Test
    void nodesAndBrokersThatTheRunStartsCanFail() {
        String yaml = LEAST + "nodes: 2\nbrokers: 3\noutages:\n"
                + "- {kind: kill, node: 2, at: 1s, for: 2s}\n- {kind: pause, broker: 3, at: 1s, for: 2s}\n";

        assertThat(parse(yaml).outages())
                .containsExactly(
                        new Outage(
                                Outage.Kind.KILL,
                                new Outage.Part(Outage.Role.NODE, 2),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2)),
                        new Outage(
                                Outage.Kind.PAUSE,
                                new Outage.Part(Outage.Role.BROKER, 3),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2)));
        refuses(
                yaml.replace("node: 2, at", "node: 3, at"),
                "test line 10: outages[0].node is 3, but they are numbered from 1 to 2");
        refuses(
                yaml.replace("broker: 3,", "broker: 4,"),
                "test line 11: outages[1].broker is 4, but they are numbered from 1 to 3");
        refuses(
                yaml.replace("broker: 3,", "broker: 3, node: 1,"),
                "test line 11: outages[1]: one of node, broker and process is needed");
        refuses(yaml.replace("brokers: 3", "brokers: 2"), "test line 8: brokers is 2, of which none may be missing");
    }

    @Test
    void aFleetInSeveralProcessesHoldsMoreAndCanLoseOne() {
        String yaml = LEAST.replace("3\n", "30000\n") + "processes: 2\noutages:\n"
                + "- {kind: kill, process: 2, at: 1s, for: 2s}\n";

        Scenario scenario = parse(yaml);

        assertThat(scenario.processes()).isEqualTo(2);
        assertThat(scenario.outages().get(0)).hasToString("kill of process-2");
        refuses(
                yaml.replace("process: 2", "process: 3"),
                "test line 9: outages[0].process is 3, but they are numbered");
        refuses(
                yaml.replace("processes: 2", "processes: 1").replace("process: 2", "process: 1"),
                "test line 9: outages[0].process is 1, but the only process plays the run; processes is to be 2 or more");
        refuses(
                yaml.replace("kill", "pause"),
                "test line 9: outages[0].kind is pause, but a process of the simulator can only be killed");
        refuses(
                LEAST.replace("3\n", "30000\n"),
                "test line 4: groups have 30000 devices together, more than 20000 for each process (processes is 1)");
        refuses(LEAST + "processes: 17\n", "test line 7: processes is 17, not within 1 to 16");
    }

    @Test
    void tokensHaveALifetimeAndCanBeWithheld() {
        String yaml = LEAST + "    credential: {kind: token, lifetime: 5m}\nfaults:\n"
                + "- {kind: expired-credential, group: pump, at: 1s, for: 2s, share: 50%}\n";

        assertThat(parse(yaml).groups().get(0).tokens()).contains(Duration.ofMinutes(5));
        assertThat(parse(LEAST).groups().get(0).tokens()).isEmpty();
        assertThat(parse(yaml).faults().get(0).kind()).isEqualTo(Fault.Kind.EXPIRED_CREDENTIAL);
        refuses(
                yaml.replace("{kind: token, lifetime: 5m}", "{kind: secret}"),
                "test line 9: faults[0].kind is expired-credential, but the secrets of group pump have no end");
        refuses(yaml.replace("5m", "5s"), "test line 7: groups[0].credential.lifetime is 5s, not within 10s to 1d");
        refuses(
                yaml.replace("kind: token, lifetime", "kind: secret, lifetime"),
                "test line 7: unknown key groups[0].credential.lifetime");
    }

    @Test
    void whatIsOverriddenHoldsBeforeAnythingIsChecked() {
        String large = LEAST.replace("3\n", "30000\n");
        String kill = LEAST + "outages:\n- {kind: kill, process: 2, at: 1s, for: 2s}\n";
        Overrides two = new Overrides(Optional.of(9L), Optional.of(2), 1, Map.of());

        assertThat(Scenario.parse(large, "test", directory, two).devices()).isEqualTo(30_000);
        assertThat(Scenario.parse(kill, "test", directory, two).processes()).isEqualTo(2);
        assertThat(Scenario.parse(kill, "test", directory, two).seed()).isEqualTo(9);
        refuses(large, "groups have 30000 devices together, more than 20000 for each process (processes is 1)");
        refuses(kill, "test line 8: outages[0].process is 2, but the only process plays the run");

        // Too large as it is written, not as it is played; and the other way round.
        assertThat(Scenario.parse(large, "test", directory, scaled(0.1)).devices())
                .isEqualTo(3_000);
        assertThat(Scenario.parse(LEAST, "test", directory, scaled(0.01)).devices())
                .isEqualTo(1);
        refuses(LEAST, scaled(10_000), "groups have 30000 devices together");
        refuses(LEAST.replace("3\n", "0\n"), scaled(10), "devices is 0, not within 1 to 99999");

        String asked = LEAST + "thresholds: {eventsPerSecond: 800, dropped: 7}\n";
        assertThat(parse(asked).thresholds().eventsPerSecond()).contains(800.0);
        Thresholds ofATenth =
                Scenario.parse(asked, "test", directory, scaled(0.1)).thresholds();
        assertThat(ofATenth.eventsPerSecond()).contains(80.0);
        assertThat(ofATenth.dropped()).contains(7L);

        Overrides seven = new Overrides(Optional.empty(), Optional.empty(), 100, Map.of("pump", 7));
        assertThat(Scenario.parse(LEAST, "test", directory, seven).devices()).isEqualTo(7);
        assertThatThrownBy(() -> new Overrides(Optional.empty(), Optional.of(17), 1, Map.of()))
                .hasMessage("processes is 17, not within 1 to 16");
        assertThatThrownBy(() -> scaled(Double.NaN)).hasMessageStartingWith("scale is NaN, not within ");
        assertThatThrownBy(() -> scaled(0)).hasMessageStartingWith("scale is 0.0, not within ");
    }

    @Test
    void whatIsReadyMadeCanBeRead() {
        for (String name : ReadyMade.names()) {
            Scenario scenario = ReadyMade.read(name);
            assertThat(scenario.name()).isEqualTo(name);
            assertThat(scenario.about()).as(name).endsWith(".");
        }
        assertThatThrownBy(() -> ReadyMade.text("none")).hasMessageContaining("no ready-made scenario none");
    }

    private Scenario parse(String yaml) {
        return Scenario.parse(yaml, "test", directory);
    }

    private static Overrides scaled(double factor) {
        return new Overrides(Optional.empty(), Optional.empty(), factor, Map.of());
    }

    private void refuses(String yaml, String why) {
        refuses(yaml, Overrides.NONE, why);
    }

    private void refuses(String yaml, Overrides overrides, String why) {
        assertThatThrownBy(() -> Scenario.parse(yaml, "test", directory, overrides))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
