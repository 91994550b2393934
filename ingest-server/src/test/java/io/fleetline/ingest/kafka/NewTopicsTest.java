package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** After topics were made nothing is written until each of their partitions has a leader that answers (KAFKA-15591). */
class NewTopicsTest {
    private static final String EVENTS = "events";
    private static final String LETTERS = "letters";
    private static final int PARTITIONS = 2;
    private static final Node BROKER = new Node(1, "127.0.0.1", 9092);

    /** What brokers refuse with before they answer, one after the other. */
    private final Deque<ApiException> describing = new ArrayDeque<>();

    private final Deque<ApiException> listing = new ArrayDeque<>();
    private final List<Set<TopicPartition>> asked = new ArrayList<>();
    private final Admin admin = (Admin) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, question, arguments) -> answer(question, arguments));

    @Test
    void everyPartitionIsAskedForUntilItsLeaderAnswers() {
        describing.add(new UnknownTopicOrPartitionException("not yet"));
        listing.add(new UnknownTopicOrPartitionException("not yet"));
        listing.add(new UnknownTopicOrPartitionException("not yet"));

        TopicSetup.awaitLeaders(admin, List.of(EVENTS, LETTERS));

        assertThat(describing).isEmpty();
        assertThat(listing).isEmpty();
        assertThat(asked)
                .hasSize(3)
                .containsOnly(Set.of(
                        new TopicPartition(EVENTS, 0),
                        new TopicPartition(EVENTS, 1),
                        new TopicPartition(LETTERS, 0),
                        new TopicPartition(LETTERS, 1)));
    }

    @Test
    void whatDoesNotPassByItselfIsNotWaitedFor() {
        listing.add(new ClusterAuthorizationException("not for you"));

        assertThatThrownBy(() -> TopicSetup.awaitLeaders(admin, List.of(EVENTS)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot reach the leaders of topics events")
                .hasMessageContaining("not for you");
        assertThat(asked).hasSize(1);
    }

    @Test
    void whereNothingWasMadeNobodyIsAsked() {
        TopicSetup.awaitLeaders(admin, List.of());
        assertThat(asked).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private Object answer(Method question, Object[] arguments) {
        return switch (question.getName()) {
            case "describeTopics" -> describe((Collection<String>) arguments[0]);
            case "listOffsets" -> listOffsets(((Map<TopicPartition, OffsetSpec>) arguments[0]).keySet());
            default -> throw new UnsupportedOperationException(question.toString());
        };
    }

    private DescribeTopicsResult describe(Collection<String> topics) {
        List<TopicPartitionInfo> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(number -> new TopicPartitionInfo(number, BROKER, List.of(BROKER), List.of(BROKER)))
                .toList();
        return new DescribeTopicsResult(
                null, answers(topics, describing, topic -> new TopicDescription(topic, false, partitions))) {};
    }

    private ListOffsetsResult listOffsets(Set<TopicPartition> partitions) {
        asked.add(Set.copyOf(partitions));
        return new ListOffsetsResult(
                answers(partitions, listing, partition -> new ListOffsetsResultInfo(0, -1, Optional.of(0))));
    }

    /** For each the next trouble there is to be, or else the answer. */
    private static <K, V> Map<K, KafkaFuture<V>> answers(
            Collection<K> keys, Deque<ApiException> troubles, Function<K, V> answer) {
        Optional<ApiException> trouble = Optional.ofNullable(troubles.poll());
        Map<K, KafkaFuture<V>> answers = new HashMap<>();
        for (K key : keys) {
            KafkaFutureImpl<V> future = new KafkaFutureImpl<>();
            trouble.ifPresentOrElse(future::completeExceptionally, () -> future.complete(answer.apply(key)));
            answers.put(key, future);
        }
        return answers;
    }
}
