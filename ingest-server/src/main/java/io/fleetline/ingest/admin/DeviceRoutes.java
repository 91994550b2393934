package io.fleetline.ingest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.ingest.registry.ChangeRefusedException;
import io.fleetline.ingest.registry.DeviceCredential;
import io.fleetline.ingest.registry.DeviceSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What can be done with devices. */
final class DeviceRoutes {
    private static final int MAX_LIMIT = 1_000;
    private static final long MAX_OVERLAP_SECONDS = 30L * 24 * 3600;

    private final AdminServices services;

    DeviceRoutes(AdminServices services) {
        this.services = services;
    }

    void addTo(Map<String, Map<String, Endpoint>> paths) {
        paths.put(
                "/api/v1/devices",
                Map.of(
                        "GET", Endpoint.of(Role.READ, "", this::list),
                        "POST", Endpoint.of(Role.ADMIN, "device.add", this::add)));
        paths.put(
                "/api/v1/devices/{tenant}/{device}",
                Map.of(
                        "GET", Endpoint.of(Role.READ, "", this::show),
                        "PATCH", Endpoint.of(Role.OPERATE, "device.change", this::change),
                        "DELETE", Endpoint.of(Role.ADMIN, "device.remove", this::remove)));
        paths.put(
                "/api/v1/devices/{tenant}/{device}/credentials",
                Map.of("POST", Endpoint.of(Role.OPERATE, "device.rotate", this::rotate)));
        paths.put(
                "/api/v1/devices/{tenant}/{device}/credentials/{id}",
                Map.of("DELETE", Endpoint.of(Role.OPERATE, "device.revoke", this::revoke)));
    }

    /** A page in the order of names: the largest page is all that is ever held, however many devices there are. */
    private CompletableFuture<Endpoint.Answer> list(Endpoint.Call call) {
        int limit = limit(call.query().getOrDefault("limit", "100"));
        String after = call.query().getOrDefault("after", "");
        String prefix = call.query().getOrDefault("prefix", "");
        PriorityQueue<Map.Entry<DeviceId, RegisteredDevice>> page =
                new PriorityQueue<>(Comparator.<Map.Entry<DeviceId, RegisteredDevice>, String>comparing(
                                entry -> entry.getKey().toString())
                        .reversed());
        services.registry()
                .devices()
                .filter(entry -> {
                    String name = entry.getKey().toString();
                    return name.startsWith(prefix) && name.compareTo(after) > 0;
                })
                .forEach(entry -> {
                    page.add(entry);
                    if (page.size() > limit + 1) {
                        page.remove();
                    }
                });
        boolean more = page.size() > limit;
        if (more) {
            page.remove();
        }
        List<Map.Entry<DeviceId, RegisteredDevice>> sorted = new ArrayList<>(page);
        sorted.sort(Comparator.comparing(entry -> entry.getKey().toString()));
        ObjectNode answer = Json.object();
        ArrayNode devices = answer.putArray("devices");
        sorted.forEach(entry -> devices.add(shown(entry.getKey(), entry.getValue())));
        if (more) {
            answer.put("after", sorted.get(sorted.size() - 1).getKey().toString());
        }
        return Endpoint.Answer.json(200, answer);
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw Problem.badRequest("limit is \"" + text + "\", not within 1 to " + MAX_LIMIT);
        }
        throw Problem.badRequest("limit is " + text + ", not within 1 to " + MAX_LIMIT);
    }

    private CompletableFuture<Endpoint.Answer> add(Endpoint.Call call) throws IOException {
        JsonNode body = Json.read(call.body(), Set.of("device", "disabled", "credential"));
        DeviceId device = DeviceId.parse(Json.text(body, "device"));
        JsonNode credential = body.path("credential");
        // Without credentials of its own: one that comes with tokens or certificates of whom its tenant trusts.
        Optional<Credentials.Made> made =
                credential.isTextual() && credential.asText().equals("none")
                        ? Optional.empty()
                        : Optional.of(Credentials.read(
                                credential.isMissingNode() ? Json.object() : credential, services.random()));
        RegisteredDevice added = new RegisteredDevice(
                Json.flag(body, "disabled", false),
                made.map(each -> List.of(each.credential())).orElse(List.of()));
        return services.store()
                .get()
                .changeDevice(device, cause(call), current -> {
                    if (current.isPresent()) {
                        throw new ChangeRefusedException(
                                ChangeRefusedException.Reason.EXISTS, "device " + device + " exists already");
                    }
                    return Optional.of(added);
                })
                .thenCompose(stored ->
                        Endpoint.Answer.json(201, shown(device, added, made.flatMap(Credentials.Made::secret))));
    }

    private CompletableFuture<Endpoint.Answer> show(Endpoint.Call call) {
        DeviceId device = device(call);
        RegisteredDevice known = services.registry()
                .find(device)
                .orElseThrow(() -> Problem.notFound("device " + device + " does not exist"));
        return Endpoint.Answer.json(200, shown(device, known));
    }

    private CompletableFuture<Endpoint.Answer> change(Endpoint.Call call) throws IOException {
        JsonNode body = Json.read(call.body(), Set.of("disabled"));
        if (!body.has("disabled")) {
            throw Problem.badRequest("disabled is missing");
        }
        boolean disabled = Json.flag(body, "disabled", false);
        RegistryStore.Cause cause =
                new RegistryStore.Cause(call.actor(), disabled ? "device.disable" : "device.enable");
        return answer(call, cause, known -> new RegisteredDevice(disabled, known.credentials()), Optional.empty());
    }

    private CompletableFuture<Endpoint.Answer> remove(Endpoint.Call call) {
        DeviceId device = device(call);
        return services.store()
                .get()
                .changeDevice(device, cause(call), current -> {
                    existing(device, current);
                    return Optional.empty();
                })
                .thenApply(gone -> Endpoint.Answer.nothing());
    }

    /** Adds a credential; those of the same kind that are there end after the overlap, or at once, or not at all. */
    private CompletableFuture<Endpoint.Answer> rotate(Endpoint.Call call) throws IOException {
        JsonNode body = Json.read(call.body(), Set.of("credential", "overlapSeconds"));
        JsonNode given = body.path("credential");
        Credentials.Made made = Credentials.read(given.isMissingNode() ? Json.object() : given, services.random());
        JsonNode overlap = body.path("overlapSeconds");
        long overlapSeconds = overlap.asLong(-1);
        if (!overlap.isMissingNode()
                && (!overlap.isIntegralNumber() || overlapSeconds < 0 || overlapSeconds > MAX_OVERLAP_SECONDS)) {
            throw Problem.badRequest("overlapSeconds is not within 0 to " + MAX_OVERLAP_SECONDS);
        }
        long now = services.time().unixMillis();
        return answer(
                call,
                cause(call),
                known -> {
                    List<DeviceCredential> all = new ArrayList<>();
                    for (DeviceCredential each : known.credentials()) {
                        boolean replaced = overlapSeconds >= 0
                                && each instanceof DeviceSecret == made.credential() instanceof DeviceSecret;
                        boolean over = !replaced
                                ? each.validity().untilMillis() != 0
                                        && each.validity().untilMillis() <= now
                                : overlapSeconds == 0;
                        if (!over) {
                            all.add(replaced ? ending(each, now + overlapSeconds * 1_000) : each);
                        }
                    }
                    if (made.credential() instanceof io.fleetline.ingest.registry.DeviceKey key
                            && new RegisteredDevice(false, all).key(key.id()).isPresent()) {
                        throw new IllegalArgumentException("the device has a key " + key.id() + " already");
                    }
                    all.add(made.credential());
                    return new RegisteredDevice(known.disabled(), all);
                },
                made.secret());
    }

    private static DeviceCredential ending(DeviceCredential credential, long untilMillis) {
        Validity validity = credential.validity();
        return credential.within(
                Validity.of(validity.fromMillis(), Validity.earlier(validity.untilMillis(), untilMillis)));
    }

    private CompletableFuture<Endpoint.Answer> revoke(Endpoint.Call call) {
        DeviceId device = device(call);
        String id = call.variable("id");
        return services.store()
                .get()
                .changeDevice(device, cause(call), current -> {
                    RegisteredDevice known = existing(device, current);
                    List<? extends DeviceCredential> left = known.credentials().stream()
                            .filter(each -> !each.id().equals(id))
                            .toList();
                    if (left.size() == known.credentials().size()) {
                        throw new ChangeRefusedException(
                                ChangeRefusedException.Reason.MISSING, "device " + device + " has no credential " + id);
                    }
                    return Optional.of(new RegisteredDevice(known.disabled(), left));
                })
                .thenApply(stored -> Endpoint.Answer.nothing());
    }

    private interface Edit {
        RegisteredDevice of(RegisteredDevice known);
    }

    private CompletableFuture<Endpoint.Answer> answer(
            Endpoint.Call call, RegistryStore.Cause cause, Edit edit, Optional<String> secret) {
        DeviceId device = device(call);
        return services.store()
                .get()
                .changeDevice(device, cause, current -> Optional.of(edit.of(existing(device, current))))
                .thenCompose(stored -> Endpoint.Answer.json(200, shown(device, stored.orElseThrow(), secret)));
    }

    private static RegisteredDevice existing(DeviceId device, Optional<RegisteredDevice> current)
            throws ChangeRefusedException {
        return current.orElseThrow(() -> new ChangeRefusedException(
                ChangeRefusedException.Reason.MISSING, "device " + device + " does not exist"));
    }

    private static DeviceId device(Endpoint.Call call) {
        return new DeviceId(call.variable("tenant"), call.variable("device"));
    }

    private static RegistryStore.Cause cause(Endpoint.Call call) {
        return new RegistryStore.Cause(call.actor(), call.action());
    }

    private static ObjectNode shown(DeviceId device, RegisteredDevice known, Optional<String> secret) {
        ObjectNode shown = shown(device, known);
        secret.ifPresent(text -> shown.put("secret", text));
        return shown;
    }

    private static ObjectNode shown(DeviceId device, RegisteredDevice known) {
        ObjectNode shown = Json.object().put("device", device.toString()).put("disabled", known.disabled());
        ArrayNode credentials = shown.putArray("credentials");
        known.credentials().forEach(each -> Credentials.write(each, credentials.addObject()));
        return shown;
    }
}
