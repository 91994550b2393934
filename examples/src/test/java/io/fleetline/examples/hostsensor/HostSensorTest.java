package io.fleetline.examples.hostsensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.Body;
import io.fleetline.device.Command;
import io.fleetline.device.CommandResult;
import io.fleetline.device.OutboxMode;
import io.fleetline.device.Receipt;
import io.fleetline.protocol.Lane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSensorTest {
    private static final Receipt RECEIPT = new Receipt(Lane.NORMAL, 1, 2, 3, OutboxMode.MEMORY, Optional.empty());

    @TempDir
    private Path root;

    private HostSensor sensor;

    @BeforeEach
    void makeASensor() throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/loadavg"), "0.5 0.4 0.3 1/100 7\n");
        sensor = new HostSensor(Host.of(root), System::nanoTime);
    }

    @Test
    void oneReadingOnEachChannelIsPublished() {
        List<String> channels = new ArrayList<>();

        sensor.publishReadings((channel, reading) -> {
            channels.add(channel);
            return CompletableFuture.completedFuture(RECEIPT);
        });

        assertThat(channels).contains("host/load", "host/disk");
        assertThat(sensor.published()).isEqualTo(channels.size());
        assertThat(sensor.stored()).isEqualTo(channels.size());
    }

    @Test
    void readNowAnswersWithAllReadings() {
        CommandResult result = sensor.readNow(command(Body.EMPTY));

        assertThat(result.succeeded()).isTrue();
        assertThat(result.body().asMap()).containsKeys("host/load", "host/disk");
    }

    @Test
    void identifyAnswersWithWhatMachineThisIs() {
        CommandResult result = sensor.identify(command(Body.EMPTY));

        assertThat(result.succeeded()).isTrue();
        assertThat(result.body().asMap()).containsKeys("host", "system", "processors");
    }

    @Test
    void setIntervalAnswersWithBoth() {
        CommandResult result = sensor.setInterval(command(Body.of(Map.of("seconds", 5))));

        assertThat(result.succeeded()).isTrue();
        assertThat(result.body().asMap()).containsEntry("seconds", 5.0).containsEntry("secondsBefore", 1.0);
    }

    @Test
    void anIntervalThatIsNoneIsRefusedAndChangesNothing() {
        assertThat(sensor.setInterval(command(Body.EMPTY)).succeeded()).isFalse();
        assertThat(sensor.setInterval(command(Body.of(List.of(5)))).succeeded()).isFalse();
        assertThat(sensor.setInterval(command(Body.of(Map.of("seconds", "5"))))
                        .body()
                        .asMap())
                .containsEntry("message", "set-interval takes {\"seconds\": number}");
        assertThat(sensor.setInterval(command(Body.of(Map.of("seconds", 0.05))))
                        .body()
                        .asMap())
                .containsEntry("message", "seconds is 0.05, not within 0.1 to 3600");
        assertThat(sensor.setInterval(command(Body.of(Map.of("seconds", 3601)))).succeeded())
                .isFalse();
        assertThat(sensor.setInterval(command(Body.of(Map.of("seconds", Double.NaN))))
                        .succeeded())
                .isFalse();

        assertThat(sensor.setInterval(command(Body.of(Map.of("seconds", 1))))
                        .body()
                        .asMap())
                .containsEntry("secondsBefore", 1.0);
    }

    @Test
    void aNewIntervalAppliesAtOnce() throws InterruptedException {
        sensor.setInterval(command(Body.of(Map.of("seconds", 3600))));
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch several = new CountDownLatch(3);

        sensor.start((channel, reading) -> {
            if (channel.equals("host/load")) {
                first.countDown();
                several.countDown();
            }
            return CompletableFuture.completedFuture(RECEIPT);
        });
        assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
        sensor.setInterval(command(Body.of(Map.of("seconds", 0.1))));

        assertThat(several.await(30, TimeUnit.SECONDS)).isTrue();
        sensor.close();
    }

    private static Command command(Body body) {
        return new Command("id", "name", body, Optional.empty());
    }
}
