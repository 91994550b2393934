package io.fleetline.ingest;

import static io.fleetline.ingest.TestDevice.readings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.devkafka.DevKafka;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka behind TLS, and behind a password: what stands under {@code kafka.client} is all that it takes. */
class SecuredKafkaTest {
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    @TempDir
    Path directory;

    private final TestAuthority authority = TestAuthority.create();

    @Test
    void kafkaIsSpokenToOverTls() throws IOException {
        try (DevKafka kafka = broker("SSL").start()) {
            Map<String, String> trusting = trusting("SSL");
            eventsPass(kafka, trusting);
            assertThatThrownBy(() -> start(kafka, Map.of("security.protocol", "SSL")))
                    .as("an authority that is not trusted")
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("SslAuthenticationException");
        }
    }

    @Test
    void kafkaAsksForAPassword() throws IOException {
        try (DevKafka kafka = broker("SASL_SSL")
                .property("sasl.enabled.mechanisms", "PLAIN")
                .property("sasl.mechanism.inter.broker.protocol", "PLAIN")
                .property(
                        "listener.name.client.plain.sasl.jaas.config",
                        PLAIN + "username=\"broker\" password=\"b\" user_broker=\"b\" user_node=\"n\";")
                .start()) {
            // The password stays out of the configuration, in a file that Kafka's client reads.
            Path secrets = Files.writeString(directory.resolve("kafka.secrets"), "password=n\n");
            Map<String, String> settings = trusting("SASL_SSL");
            settings.put("sasl.mechanism", "PLAIN");
            settings.put("config.providers", "file");
            settings.put("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
            settings.put(
                    "sasl.jaas.config", PLAIN + "username=\"node\" password=\"${file:" + secrets + ":password}\";");
            eventsPass(kafka, settings);

            settings.put("sasl.jaas.config", PLAIN + "username=\"node\" password=\"wrong\";");
            assertThatThrownBy(() -> start(kafka, settings))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("SaslAuthenticationException")
                    .hasMessageNotContaining("wrong");
        }
    }

    private DevKafka.Builder broker(String protocol) throws IOException {
        TestCertificate.PemFiles pem = authority.server("127.0.0.1").writeTo(directory, "broker");
        return DevKafka.builder()
                .inProcess()
                .clientProtocol(protocol)
                .property("ssl.keystore.type", "PEM")
                .property("ssl.keystore.certificate.chain", Files.readString(pem.chain()))
                .property("ssl.keystore.key", Files.readString(pem.key()))
                .property("ssl.truststore.type", "PEM")
                .property("ssl.truststore.location", authority.writeCertificate(directory));
    }

    private Map<String, String> trusting(String protocol) {
        return new HashMap<>(Map.of(
                "security.protocol",
                protocol,
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                authority.writeCertificate(directory).toString()));
    }

    private static void eventsPass(DevKafka kafka, Map<String, String> settings) {
        DeviceId id = TestNode.newDeviceId();
        try (TestNode node = start(kafka, settings)) {
            TestDevice device = node.connect(id);
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, readings(1, 3));
            device.awaitAck(Lane.NORMAL, 3);
            assertThat(node.events(id, 3)).hasSize(3);
        }
    }

    private static TestNode start(DevKafka kafka, Map<String, String> settings) {
        return TestNode.start(
                kafka.bootstrapServers(),
                config -> config.withKafka(config.kafka().withClient(settings)));
    }
}
