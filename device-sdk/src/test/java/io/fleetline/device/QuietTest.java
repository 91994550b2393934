package io.fleetline.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process that was never meant to log says nothing. */
class QuietTest {
    /** What the process does: finds no node, and ends. */
    static final class Mute {
        public static void main(String[] args) throws InterruptedException {
            try (DeviceClient client = DeviceClient.builder()
                    .endpoint(URI.create("wss://127.0.0.1:9/connect"))
                    .identity(DeviceId.parse("acme/boiler-7"))
                    .secret("0123456789abcdef")
                    .build()) {
                client.start();
                client.publish("temperature", 21);
                client.flush(Duration.ofMillis(300));
                client.close(Duration.ZERO);
            }
        }
    }

    @Test
    void aProcessWithoutALoggingBindingPrintsNothing() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Mute.class.getName()))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(said).isEmpty();
        assertThat(process.exitValue()).isZero();
    }
}
