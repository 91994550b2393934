package io.fleetline.examples.hostsensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaspberryPiTest {
    @TempDir
    private Path root;

    @Test
    void theFirmwareTellsTemperatureAndThrottling() {
        RaspberryPiGauge gauge = new RaspberryPiGauge(
                argument -> Optional.of(argument.equals("measure_temp") ? "temp=48.3'C" : "throttled=0x50005"));

        assertThat(gauge.read(0))
                .hasValueSatisfying(reading -> assertThat(reading)
                        .contains(
                                entry("celsius", 48.3),
                                entry("underVoltage", true),
                                entry("throttled", true),
                                entry("frequencyCapped", false),
                                entry("throttledSinceStart", true),
                                entry("softTemperatureLimitSinceStart", false)));
    }

    @Test
    void theFirmwareIsAskedOnceInTenSeconds() {
        List<String> asked = new ArrayList<>();
        RaspberryPiGauge gauge = new RaspberryPiGauge(argument -> {
            asked.add(argument);
            return Optional.of("temp=50.0'C");
        });
        for (int second = 0; second < 20; second++) {
            assertThat(gauge.read(TimeUnit.SECONDS.toNanos(second))).isPresent();
        }
        assertThat(asked).hasSize(2 * 2);
    }

    @Test
    void aMachineWithoutTheProgramTellsNothing() {
        assertThat(new RaspberryPiGauge(Program.named("no-such-program-anywhere")).read(0))
                .isEmpty();
        assertThat(new RaspberryPiGauge(argument -> Optional.of("VCHI initialization failed")).read(0))
                .isEmpty();
    }

    @Test
    void aProgramAnswersWithItsFirstLine() {
        assertThat(Program.named("echo").run("48")).hasValue("48");
        assertThat(Program.named("false").run("48")).isEmpty();
    }

    @Test
    void aLightIsSwitchedAndNoLongerBlinks() throws IOException {
        Path led = led("ACT");

        assertThat(leds().set(Map.of("on", true)).succeeded()).isTrue();
        assertThat(led.resolve("trigger")).hasContent("none");
        assertThat(led.resolve("brightness")).hasContent("255");

        assertThat(leds().set(Map.of("on", false, "led", "ACT")).succeeded()).isTrue();
        assertThat(led.resolve("brightness")).hasContent("0");
    }

    @Test
    void whatCannotBeSwitchedIsRefusedWithTheReason() throws IOException {
        assertThat(refusal(Map.of("on", true))).contains("no light");
        Path led = led("ACT");
        assertThat(refusal(Map.of("on", true, "led", "../ACT")))
                .contains("no light ../ACT")
                .contains("[ACT]");
        assertThat(refusal("on")).contains("set-led takes");
        Files.delete(led.resolve("brightness"));
        Files.createDirectory(led.resolve("brightness"));
        assertThat(refusal(Map.of("on", true))).contains("cannot be written to");
    }

    private Path led(String name) throws IOException {
        Path led = Files.createDirectories(root.resolve("sys/class/leds").resolve(name));
        Files.writeString(led.resolve("trigger"), "[mmc0] none");
        Files.writeString(led.resolve("max_brightness"), "255\n");
        Files.writeString(led.resolve("brightness"), "0");
        return led;
    }

    private Leds leds() {
        return new Leds(new HostFiles(root));
    }

    private String refusal(Object asked) {
        var result = leds().set(asked);
        assertThat(result.succeeded()).isFalse();
        return String.valueOf(result.body().asMap().get("message"));
    }
}
