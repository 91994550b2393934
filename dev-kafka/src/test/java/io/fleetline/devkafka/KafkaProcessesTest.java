package io.fleetline.devkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Three brokers, each in a process of its own, of which one is away. The tests share them and come one after the other;
 * other classes go on beside them.
 */
@Tag("interop")
@Execution(ExecutionMode.CONCURRENT)
class KafkaProcessesTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

    private static DevKafka kafka;
    private static Clients clients;

    @BeforeAll
    static void start() {
        kafka = DevKafka.builder().processes(3).start();
        clients = new Clients(kafka);
    }

    @AfterAll
    static void stop() {
        clients.close();
        kafka.close();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void twoBrokersGoOnWithoutTheLeaderAndTakeItBack() throws Exception {
        clients.createTopic("of-three");
        clients.send("of-three", "all alive");
        int leader = clients.leader("of-three");

        kafka.kill(leader);

        assertThat(kafka.isRunning(leader)).isFalse();
        clients.send("of-three", "one dead");
        assertThat(clients.inSync("of-three")).hasSize(2).doesNotContain(leader);

        kafka.start(leader);

        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(clients.inSync("of-three")).containsExactly(1, 2, 3));
        assertThat(clients.read("of-three")).containsExactly("all alive", "one dead");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aPausedLeaderIsReplacedAndComesBackWhenItGoesOn() throws Exception {
        clients.createTopic("of-two");
        int leader = clients.leader("of-two");

        kafka.pause(leader);
        try {
            kafka.pause(leader);
            assertThat(kafka.isRunning(leader)).isTrue();
            // Nothing else is asked of anybody meanwhile: Kafka's admin client may wait a minute for the paused one.
            clients.send("of-two", "without the leader");
        } finally {
            kafka.resume(leader);
        }
        kafka.resume(leader);

        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(clients.inSync("of-two")).containsExactly(1, 2, 3));
        assertThat(clients.leader("of-two")).isNotEqualTo(leader);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aBrokerThatIsStoppedHandsOverWhatItLed() throws Exception {
        clients.createTopic("handed-over");
        int leader = clients.leader("handed-over");

        kafka.stop(leader);

        assertThat(kafka.isRunning(leader)).isFalse();
        assertThat(clients.leader("handed-over")).isNotIn(leader, -1);
        clients.send("handed-over", "by another");
        kafka.start(leader);
    }
}
