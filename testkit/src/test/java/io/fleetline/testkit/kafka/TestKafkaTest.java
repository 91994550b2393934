package io.fleetline.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class TestKafkaTest {

    @Test
    void theSharedKafkaStoresWhatIsSentToATopicOfItsOwn() throws Exception {
        TestKafka kafka = TestKafka.shared();
        String topic = kafka.createTopic("greetings", 1);
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all");

        try (KafkaProducer<String, String> producer =
                        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            producer.send(new ProducerRecord<>(topic, "hello")).get();
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));

            ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(30));

            assertThat(records)
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo("hello"));
        }
    }

    @Test
    void thereIsOneSharedKafkaAndNoNameIsGivenTwice() {
        assertThat(TestKafka.shared()).isSameAs(TestKafka.shared());
        assertThat(TestKafka.uniqueName("group")).isNotEqualTo(TestKafka.uniqueName("group"));
    }
}
