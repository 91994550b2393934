package io.fleetline.bench.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.ingest.ConfigFile;
import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.IngestServer;
import io.fleetline.ingest.kafka.DeviceRegistrar;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node as an operator configures it, but that all devices come from one address.
 *
 * <ul>
 *   <li>{@code register {file, bootstrap, certificate, key, group, devices}}: registers devices of a simulator's group; gives
 *       {@code secrets}
 *   <li>{@code start {file, bootstrap, certificate, key, settings}}: starts it with these settings, {@code key=value}; gives
 *       {@code url}
 * </ul>
 */
public final class FleetNodeRole implements Role {
    private static final String TENANT = "sim";
    /** Nothing is measured yet, and on a busy machine a broker that has just started takes its time. */
    private static final Duration REGISTERING = Duration.ofMinutes(2);

    private @Nullable IngestServer node;

    /** For the child process. */
    public FleetNodeRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws IOException {
        IngestConfig config = config(arguments);
        switch (verb) {
            case "register" -> {
                return Map.of("secrets", register(config, arguments));
            }
            case "start" -> {
                IngestServer started = IngestServer.start(config);
                node = started;
                return Map.of("url", started.url().toString());
            }
            default -> throw new IllegalArgumentException("a node does not know how to " + verb);
        }
    }

    private static IngestConfig config(JsonNode arguments) throws IOException {
        Path file = Path.of(arguments.path("file").asText());
        Files.writeString(
                file,
                """
                listener:
                  host: 127.0.0.1
                  port: 0
                  tls:
                    certificates: '%s'
                    key: '%s'
                  connectionsPerSource: 0
                kafka:
                  bootstrapServers: '%s'
                  replication: 1
                  minInsyncReplicas: 1
                  acceptLowDurability: true
                """.formatted(
                                arguments.path("certificate").asText(),
                                arguments.path("key").asText(),
                                arguments.path("bootstrap").asText()),
                UTF_8);
        List<String> settings = new ArrayList<>();
        arguments.path("settings").forEach(setting -> settings.add(setting.asText()));
        return ConfigFile.of(file, Map.of(), settings).read();
    }

    private static Map<String, String> register(IngestConfig config, JsonNode arguments) {
        List<DeviceId> devices = new ArrayList<>();
        for (int i = 1; i <= arguments.path("devices").asInt(); i++) {
            devices.add(new DeviceId(
                    TENANT,
                    String.format(
                            Locale.ROOT, "%s-%05d", arguments.path("group").asText(), i)));
        }
        Map<String, String> secrets = new LinkedHashMap<>();
        try (DeviceRegistrar registrar = DeviceRegistrar.connect(config.kafka().withDeliveryTimeout(REGISTERING))) {
            registrar.register(devices).forEach((device, secret) -> secrets.put(device.toString(), secret));
        }
        return secrets;
    }

    @Override
    public void close() {
        if (node != null) {
            node.close();
        }
    }
}
