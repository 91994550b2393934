package io.fleetline.examples.hostsensor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fleetline.device.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The lights that the kernel lets be switched, in {@code /sys/class/leds}. On a Raspberry Pi the green one is {@code ACT}
 * ({@code led0} before 2022).
 */
record Leds(HostFiles files) {
    private static final String DIRECTORY = "sys/class/leds";
    private static final List<String> USUAL = List.of("ACT", "led0");

    /** Switches a light on or off, as {@code {"on": true, "led": "ACT"}} says; without a name, the machine's usual one. */
    CommandResult set(Object asked) {
        if (!(asked instanceof Map<?, ?> map) || !(map.get("on") instanceof Boolean on)) {
            return CommandResult.failed("set-led takes {\"on\": true or false, \"led\": name, which may be left out}");
        }
        List<String> names = files.matching(DIRECTORY, "*").stream()
                .map(path -> path.getFileName().toString())
                .toList();
        if (names.isEmpty()) {
            return CommandResult.failed("this machine has no light in /" + DIRECTORY);
        }
        Object name = map.get("led") == null
                ? USUAL.stream().filter(names::contains).findFirst().orElse(names.get(0))
                : map.get("led");
        // Only what is listed, so that no name leads elsewhere.
        if (!(name instanceof String led) || !names.contains(led)) {
            return CommandResult.failed("there is no light " + name + "; this machine has " + names);
        }
        Path directory = files.root().resolve(DIRECTORY).resolve(led);
        String brightness =
                on ? HostFiles.line(directory.resolve("max_brightness")).orElse("1") : "0";
        try {
            if (Files.exists(directory.resolve("trigger"))) {
                Files.writeString(directory.resolve("trigger"), "none", US_ASCII); // or the kernel goes on blinking it
            }
            Files.writeString(directory.resolve("brightness"), brightness, US_ASCII);
        } catch (IOException e) {
            return CommandResult.failed("/" + DIRECTORY + "/" + led + " cannot be written to by the user "
                    + System.getProperty("user.name") + "; docs/raspberry-pi.md says how to allow it");
        }
        return CommandResult.done(Map.of("led", led, "on", on));
    }
}
