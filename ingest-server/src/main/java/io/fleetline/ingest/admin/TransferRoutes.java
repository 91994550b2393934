package io.fleetline.ingest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.registry.StoredDevice;
import io.fleetline.ingest.registry.StoredTenant;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.protocol.DeviceId;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Backup and restore: all tenants and devices as lines of JSON, in the form in which the registry's topics have them, hashes
 * of secrets and all. Devices come in pages, so that no answer is larger than a page.
 */
final class TransferRoutes {
    private static final String LINES = "application/x-ndjson";
    private static final int PAGE = 10_000;
    /** As much as waits at once for the registry's writer. */
    private static final int AT_ONCE = 2_000;

    private final AdminServices services;

    TransferRoutes(AdminServices services) {
        this.services = services;
    }

    void addTo(Map<String, Map<String, Endpoint>> paths) {
        paths.put("/api/v1/export", Map.of("GET", Endpoint.of(Role.ADMIN, "", this::export)));
        paths.put("/api/v1/import", Map.of("POST", Endpoint.of(Role.ADMIN, "import", this::restore)));
    }

    /** The first page has the tenants, too; {@code after} is the last device of the page before. */
    private CompletableFuture<Endpoint.Answer> export(Endpoint.Call call) {
        String after = call.query().getOrDefault("after", "");
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        if (after.isEmpty()) {
            services.registry()
                    .tenants()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> line(lines, "tenant", entry.getKey(), StoredTenant.encode(entry.getValue())));
        }
        Stream<Map.Entry<DeviceId, RegisteredDevice>> page = services.registry()
                .devices()
                .filter(entry -> entry.getKey().toString().compareTo(after) > 0)
                .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                .limit(PAGE);
        page.forEach(entry -> line(lines, "device", entry.getKey().toString(), StoredDevice.encode(entry.getValue())));
        return CompletableFuture.completedFuture(new Endpoint.Answer(200, LINES, ByteBuffer.wrap(lines.toByteArray())));
    }

    private static void line(ByteArrayOutputStream into, String kind, String name, byte[] stored) {
        ObjectNode line = Json.object().put(kind, name);
        line.set("stored", Json.parse(stored));
        into.writeBytes(Json.bytes(line));
        into.write('\n');
    }

    /** What is there already is replaced; each line is a change of its own, and those before a bad one are made. */
    private CompletableFuture<Endpoint.Answer> restore(Endpoint.Call call) throws IOException {
        RegistryStore store = services.store().get();
        RegistryStore.Cause cause = new RegistryStore.Cause(call.actor(), call.action());
        List<CompletableFuture<?>> underWay = new ArrayList<>();
        int count = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(call.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                count++;
                if (!line.isBlank()) {
                    underWay.add(restoreLine(store, cause, line, count));
                }
                if (underWay.size() == AT_ONCE) {
                    await(underWay);
                }
            }
        }
        await(underWay);
        return Endpoint.Answer.json(200, Json.object().put("lines", count));
    }

    private static CompletableFuture<?> restoreLine(
            RegistryStore store, RegistryStore.Cause cause, String line, int number) {
        try {
            JsonNode read = Json.parse(line.getBytes(StandardCharsets.UTF_8));
            byte[] stored = Json.bytes(read.path("stored"));
            if (read.has("tenant")) {
                Tenant tenant = StoredTenant.decode(stored);
                String name = Json.text(read, "tenant");
                if (!DeviceId.isTenant(name)) {
                    throw Problem.badRequest("no tenant can be called " + name);
                }
                return store.changeTenant(name, cause, current -> Optional.of(tenant));
            }
            RegisteredDevice device = StoredDevice.decode(stored);
            return store.changeDevice(DeviceId.parse(Json.text(read, "device")), cause, current -> Optional.of(device));
        } catch (IOException | RuntimeException e) {
            throw Problem.badRequest("line " + number + ": " + e.getMessage() + "; the lines before it are imported");
        }
    }

    private static void await(List<CompletableFuture<?>> underWay) {
        try {
            CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the import stopped: " + e.getCause(), e);
        }
        underWay.clear();
    }
}
