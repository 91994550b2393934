package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.jetty.ListenerConfig;
import io.fleetline.ingest.jetty.ProxyConfig;
import io.fleetline.ingest.kafka.RecordFormat;
import io.fleetline.ingest.session.SessionLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IngestConfigTest {
    @TempDir
    Path directory;

    @Test
    void anEmptyFileIsTheDefaults() {
        assertThat(parse("")).isEqualTo(IngestConfig.DEFAULTS);
        assertThat(parse("# nothing but a comment\n")).isEqualTo(IngestConfig.DEFAULTS);
    }

    @Test
    void proxiesAreNamedAndHowTheySpeak() {
        assertThat(parse("""
                        listener:
                          host: 0.0.0.0
                          proxy:
                            trusted: 10.1.0.0/24, 2001:db8::/64
                            address: x_forwarded_for
                            certificate: client_cert
                        """).listener().proxy())
                .isEqualTo(new ProxyConfig(
                        "10.1.0.0/24, 2001:db8::/64",
                        ProxyConfig.AddressFrom.X_FORWARDED_FOR,
                        ProxyConfig.CertificateFrom.CLIENT_CERT));
        assertThatThrownBy(() -> parse("listener:\n  proxy:\n    trusted: 10.1.0.0/33\n"))
                .hasMessageContaining("listener.proxy.trusted has 10.1.0.0/33");
        assertThatThrownBy(() -> parse("listener:\n  proxy:\n    address: forwarded\n"))
                .hasMessageContaining("listener.proxy.address")
                .hasMessageContaining("x_forwarded_for");
        assertThatThrownBy(() -> parse("listener:\n  host: 0.0.0.0\n")).hasMessageContaining("listener.proxy.trusted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deploy/compose/node-1.yaml",
                "deploy/compose/node-2.yaml",
                "distribution/src/main/archive/conf/fleetline.yaml"
            })
    void theFilesToBeginWithAreGood(String file) {
        assertThat(IngestConfig.read(Path.of("..").resolve(file)).node()).startsWith("node-");
    }

    @Test
    void whatIsSaidIsTakenAndTheRestKeepsItsDefault() throws IOException {
        Path file = Files.writeString(directory.resolve("node.yaml"), """
                node: eu-1
                listener:
                  host: 0.0.0.0
                  port: 443
                  tls:
                    certificates: /etc/fleetline/node.pem
                    key: /etc/fleetline/node.key
                limits:
                  heartbeat: 40s
                  rewindDelay: 250ms
                  windowBytes: 2MiB
                  eventsPerSecond: 1_000
                kafka:
                  bootstrapServers: k1:9092,k2:9092
                  partitions: 64
                  topics:
                    events: events.{tenant}
                  records:
                    values: json
                    headers: readable
                  client:
                    security.protocol: SASL_SSL
                    sasl.mechanism: SCRAM-SHA-512
                budgetBytes: 512MiB
                drainTime: 2m
                """);
        IngestConfig config = IngestConfig.read(file);

        assertThat(config.node()).isEqualTo("eu-1");
        assertThat(config.listener().port()).isEqualTo(443);
        assertThat(config.listener().tls())
                .contains(new ListenerConfig.Tls(
                        Path.of("/etc/fleetline/node.pem"), Path.of("/etc/fleetline/node.key"), false));
        assertThat(config.limits().heartbeat()).isEqualTo(Duration.ofSeconds(40));
        assertThat(config.limits().rewindDelay()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.limits().windowBytes()).isEqualTo(2 * 1024 * 1024);
        assertThat(config.limits().eventsPerSecond()).isEqualTo(1_000);
        assertThat(config.limits().windowItems()).isEqualTo(SessionLimits.DEFAULTS.windowItems());
        assertThat(config.kafka().partitions()).isEqualTo(64);
        assertThat(config.kafka().topics().events("acme")).isEqualTo("events.acme");
        assertThat(config.kafka().records())
                .isEqualTo(new RecordFormat(RecordFormat.Values.JSON, RecordFormat.Headers.READABLE));
        assertThat(config.kafka().client())
                .isEqualTo(Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA-512"));
        assertThat(config.budgetBytes()).isEqualTo(512L * 1024 * 1024);
        assertThat(config.drainTime()).isEqualTo(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            unknown key at the top                 | nodee: x                                   | line 1: unknown key nodee; did you mean node?
            unknown key below                      | listener:\\n  port: 1\\n  hots: a            | line 3: unknown key listener.hots; did you mean host?
            a key that is like none                | limits:\\n  zzzzzzzz: 1                      | line 2: unknown key limits.zzzzzzzz
            the same key twice                     | node: a\\nnode: b                           | line 2: Duplicate field 'node'
            text for a number                      | listener:\\n  port: http                     | line 2: listener.port is a number, not http
            a value for a branch                   | listener: 8443                             | line 1: listener has keys of its own
            a branch for a value                   | node: [a, b]                               | line 1: node is one value
            nothing for a value                    | node:                                      | node is "", not 1 to 128 characters
            text for true or false                 | kafka:\\n  createTopics: maybe               | line 2: kafka.createTopics is true or false, not maybe
            no duration                            | drainTime: soon                            | soon is no duration such as
            not YAML                               | node: [                                    | line 1
            a list                                 | - a                                        | line 1: keys are expected
            a port that is none                    | listener:\\n  port: 70000                    | listener.port is 70000, not within 0 to 65535
            an open address without TLS            | listener:\\n  host: 0.0.0.0                  | secrets would cross the network in the clear
            an item larger than its frame          | limits:\\n  maxItemBytes: 100000             | limits.maxItemBytes is 100000, not within 64 to 65536
            a window below an item                 | limits:\\n  windowBytes: 1000                | limits.windowBytes is 1000, not within 32768
            TLS with one of its two files          | listener:\\n  tls:\\n    key: a.key       | listener.tls needs both listener.tls.certificates and
            a budget below a frame                 | budgetBytes: 1000                          | budgetBytes is 1000, not within limits.maxFrameBytes (65536)
            replication that loses data            | kafka:\\n  replication: 1                    | kafka.replication is 1, not within 3
            one copy in sync                       | kafka:\\n  minInsyncReplicas: 1              | kafka.minInsyncReplicas is 1, not within 2 to 3
            acks of the user's own                 | kafka:\\n  client:\\n    acks: 1              | kafka.client.acks is not yours to set: an ack
            a partitioner of the user's own        | kafka:\\n  client:\\n    partitioner.class: x | kafka.client.partitioner.class is not yours to set: all records of a device
            values of no known form                | kafka:\\n  records:\\n    values: xml         | kafka.records.values is "xml", not one of cbor, json
            a tenant in the wrong topic            | kafka:\\n  topics:\\n    commands: c-{tenant} | kafka.topics.commands is "c-{tenant}", but all tenants share
            """)
    void whatIsWrongIsNamedWithItsPlace(String name, String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml.replace("\\n", "\n")))
                .as(name)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("test.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void theEnvironmentWinsOverTheFileAndOptionsWinOverBoth() throws IOException {
        Path file = Files.writeString(
                directory.resolve("node.yaml"), "node: file\ndrainTime: 1s\nlimits:\n  heartbeat: 40s\n");
        IngestConfig config = ConfigFile.of(
                        file,
                        Map.of(
                                "FLEETLINE_SERVER_NODE", "environment",
                                "FLEETLINE_SERVER_DRAINTIME", "2s",
                                "FLEETLINE_SERVER_KAFKA_CLIENT_SASL_JAAS_CONFIG", "x required user='o''neil';",
                                "FLEETLINE_SERVER_KAFKA_CREATETOPICS", "false",
                                "FLEETLINE_JAVA_OPTS", "-Xmx1g"),
                        List.of(
                                "node=option",
                                "budgetBytes=64MiB",
                                "listener.tls.certificates=/a b/node.pem",
                                "listener.tls.key=/a b/node.key"))
                .read();
        assertThat(config.node()).isEqualTo("option");
        assertThat(config.drainTime()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.limits().heartbeat()).isEqualTo(Duration.ofSeconds(40));
        assertThat(config.budgetBytes()).isEqualTo(64L * 1024 * 1024);
        assertThat(config.kafka().createTopics()).isFalse();
        assertThat(config.kafka().client()).containsEntry("sasl.jaas.config", "x required user='o''neil';");
        assertThat(config.listener().tls())
                .contains(new ListenerConfig.Tls(Path.of("/a b/node.pem"), Path.of("/a b/node.key"), false));
    }

    @Test
    void whatIsSetBesideTheFileIsCheckedLikeTheFile() throws IOException {
        Path file = Files.writeString(directory.resolve("node.yaml"), "");
        assertThatThrownBy(() -> read(file, Map.of(), List.of("listener.prt=1")))
                .hasMessage("--set listener.prt line 1: unknown key listener.prt; did you mean port?");
        assertThatThrownBy(() -> read(file, Map.of(), List.of("listener.port=many")))
                .hasMessageContaining("listener.port is a number, not many");
        assertThatThrownBy(() -> read(file, Map.of(), List.of("listener.port")))
                .hasMessage("--set listener.port is not of the form KEY=VALUE");
        assertThatThrownBy(() -> read(file, Map.of("FLEETLINE_SERVER_LISTENER_PRT", "1"), List.of()))
                .hasMessageContaining("FLEETLINE_SERVER_LISTENER_PRT names no key");
        assertThatThrownBy(() -> read(file, Map.of("FLEETLINE_SERVER_LISTENER_PORT", "70000"), List.of()))
                .hasMessageContaining("listener.port is 70000");
    }

    @Test
    void whatIsPrintedCanBeReadAgainAndTellsNoSecret() {
        IngestConfig config =
                parse("node: a\nkafka:\n  client:\n    sasl.jaas.config: hush\n    sasl.mechanism: PLAIN\n");
        assertThat(config.toYaml()).doesNotContain("hush").contains("sasl.mechanism: \"PLAIN\"");
        assertThat(parse(config.toYaml().replace("***", "hush"))).isEqualTo(config);
        assertThat(parse(IngestConfig.DEFAULTS.toYaml())).isEqualTo(IngestConfig.DEFAULTS);
    }

    private static IngestConfig read(Path file, Map<String, String> environment, List<String> options) {
        return ConfigFile.of(file, environment, options).read();
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> IngestConfig.read(directory.resolve("missing.yaml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no configuration file " + directory.resolve("missing.yaml"));
        assertThatThrownBy(() -> IngestConfig.read(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the configuration file " + directory + " cannot be read: Is a directory");
    }

    private static IngestConfig parse(String yaml) {
        return ConfigReader.parse(yaml, "test.yaml");
    }
}
