package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands from Kafka to devices, and their outcomes back. */
class CommandTest {
    private static TestNode node;
    private static Producer<String, byte[]> producer;

    private final DeviceId id = TestNode.newDeviceId();

    @BeforeAll
    static void startNode() {
        node = TestNode.start();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", node.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stopNode() {
        producer.close();
        node.close();
    }

    @Test
    void aCommandReachesItsDeviceAndTheOutcomeItsTopic() throws Exception {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            command("c-1", "read-now", BodyCodec.encode(Map.of("unit", "C")).toByteArray());

            ServerFrame.Command command = device.expect(ServerFrame.Command.class);
            assertThat(command.id()).isEqualTo("c-1");
            assertThat(command.name()).isEqualTo("read-now");
            assertThat(command.ttlMillis()).isBetween(3_500_000L, 3_600_000L);
            assertThat(BodyCodec.decode(command.body())).isEqualTo(Map.of("unit", "C"));

            device.open(Lane.OUTCOMES, 1, 0);
            device.publish(
                    Lane.OUTCOMES, 1, 0, new Item.Outcome("c-1", OutcomeStatus.SUCCEEDED, 5, BodyCodec.encode(21.5)));
            device.awaitAck(Lane.OUTCOMES, 1);

            List<ConsumerRecord<String, byte[]>> updates = updates(2);
            assertThat(updates)
                    .extracting(update -> PublishTest.text(update, "status"))
                    .containsExactly("SENT", "SUCCEEDED");
            assertThat(updates)
                    .extracting(update -> PublishTest.text(update, "command-id"))
                    .containsOnly("c-1");
            assertThat(updates.get(0).value()).isNull();
            assertThat(updates.get(0).headers().lastHeader("fl")).isNull();
            assertThat(BodyCodec.decode(Payload.wrap(updates.get(1).value()))).isEqualTo(21.5);
        }
    }

    @Test
    void aCommandWithoutOutcomeComesAgainOnTheNextConnectionAndOneWithOutcomeDoesNot() throws Exception {
        String secret = node.register(id);
        command("c-1", "first", null);
        command("c-2", "second", null);
        try (TestDevice device = node.connect(id, secret)) {
            device.hello();
            assertThat(device.expect(ServerFrame.Command.class).id()).isEqualTo("c-1");
            assertThat(device.expect(ServerFrame.Command.class).body()).isEqualTo(Payload.NULL);
            device.open(Lane.OUTCOMES, 1, 0);
            device.publish(Lane.OUTCOMES, 1, 0, new Item.Outcome("c-1", OutcomeStatus.FAILED, 5, Payload.NULL));
            device.awaitAck(Lane.OUTCOMES, 1);
        }
        updates(3);
        command("marker", "third", null);
        try (TestDevice device = node.connect(id, secret)) {
            device.hello();
            assertThat(device.expect(ServerFrame.Command.class).id()).isEqualTo("c-2");
            assertThat(device.expect(ServerFrame.Command.class).id()).isEqualTo("marker");
        }
    }

    @Test
    void jsonBecomesCborOnItsWay() throws Exception {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            ProducerRecord<String, byte[]> record =
                    record("c-1", "set-interval", "{\"seconds\":[1,2.5,null]}".getBytes(StandardCharsets.UTF_8));
            record.headers().add("content-type", "application/json; charset=utf-8".getBytes(StandardCharsets.UTF_8));
            producer.send(record).get();
            Object body =
                    BodyCodec.decode(device.expect(ServerFrame.Command.class).body());
            assertThat(body).isEqualTo(Map.of("seconds", java.util.Arrays.asList(1L, 2.5, null)));
        }
    }

    @Test
    void aCommandThatIsNotOneIsPassedOver() throws Exception {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            String topic = node.config().kafka().topics().commands();
            producer.send(new ProducerRecord<>(topic, null, new byte[] {1})).get();
            producer.send(new ProducerRecord<>(topic, id.toString(), new byte[] {1}))
                    .get();
            producer.send(new ProducerRecord<>(topic, "no device", new byte[] {1}))
                    .get();
            command("not-cbor", "x", new byte[] {(byte) 0xff});
            command("trailing", "x", new byte[] {1, 1});
            command("bad name", "not a name", null);
            ProducerRecord<String, byte[]> expired = record("expired", "x", null);
            expired.headers().add("expires-at", "1000".getBytes(StandardCharsets.UTF_8));
            producer.send(expired).get();
            command("good", "x", null);
            assertThat(device.expect(ServerFrame.Command.class).id()).isEqualTo("good");
        }
    }

    private List<ConsumerRecord<String, byte[]>> updates(int count) {
        return node.records(node.config().kafka().topics().commandUpdates(), id, count);
    }

    private void command(String commandId, String name, byte[] body) throws Exception {
        producer.send(record(commandId, name, body)).get();
    }

    private ProducerRecord<String, byte[]> record(String commandId, String name, byte[] body) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(node.config().kafka().topics().commands(), id.toString(), body);
        record.headers().add("command-id", commandId.getBytes(StandardCharsets.UTF_8));
        record.headers().add("name", name.getBytes(StandardCharsets.UTF_8));
        return record;
    }
}
