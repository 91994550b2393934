package io.fleetline.ingest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.ingest.identity.Enrolment;
import io.fleetline.ingest.registry.CertificateAuthority;
import io.fleetline.ingest.registry.ChangeRefusedException;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.EnrolmentToken;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.registry.StoredTenant;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.TenantLimits;
import io.fleetline.ingest.registry.TokenIssuer;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.protocol.DeviceId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** What can be done with tenants: whom they trust, and what new devices may trade for a secret. */
final class TenantRoutes {
    private static final Set<String> MEMBERS =
            Set.of("disabled", "issuers", "authorities", "revokedCertificates", "limits");
    private static final Set<String> LIMITS = Set.of(
            "eventsPerSecond",
            "bytesPerSecond",
            "deviceEventsPerSecond",
            "deviceBytesPerSecond",
            "heartbeatMillis",
            "maxFrameBytes",
            "maxItemBytes");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private final AdminServices services;

    TenantRoutes(AdminServices services) {
        this.services = services;
    }

    void addTo(Map<String, Map<String, Endpoint>> paths) {
        paths.put("/api/v1/tenants", Map.of("GET", Endpoint.of(Role.READ, "", this::list)));
        paths.put(
                "/api/v1/tenants/{tenant}",
                Map.of(
                        "GET", Endpoint.of(Role.READ, "", this::show),
                        "PUT", Endpoint.of(Role.ADMIN, "tenant.put", this::put),
                        "PATCH", Endpoint.of(Role.OPERATE, "tenant.change", this::change),
                        "DELETE", Endpoint.of(Role.ADMIN, "tenant.remove", this::remove)));
        paths.put(
                "/api/v1/tenants/{tenant}/enrolments",
                Map.of("POST", Endpoint.of(Role.ADMIN, "tenant.enrolment.add", this::addEnrolment)));
        paths.put(
                "/api/v1/tenants/{tenant}/enrolments/{id}",
                Map.of("DELETE", Endpoint.of(Role.OPERATE, "tenant.enrolment.remove", this::removeEnrolment)));
    }

    private CompletableFuture<Endpoint.Answer> list(Endpoint.Call call) {
        ObjectNode answer = Json.object();
        ArrayNode tenants = answer.putArray("tenants");
        services.registry()
                .tenants()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> tenants.add(shown(entry.getKey(), entry.getValue())));
        return Endpoint.Answer.json(200, answer);
    }

    private CompletableFuture<Endpoint.Answer> show(Endpoint.Call call) {
        String name = name(call);
        Tenant tenant = services.registry().findTenant(name).orElseThrow(() -> Problem.notFound(missing(name)));
        return Endpoint.Answer.json(200, shown(name, tenant));
    }

    /** Says whom the tenant trusts from now on; its enrolment tokens, which have requests of their own, stay. */
    private CompletableFuture<Endpoint.Answer> put(Endpoint.Call call) throws IOException {
        JsonNode body = Json.read(call.body(), MEMBERS);
        List<TokenIssuer> issuers = new ArrayList<>();
        body.path("issuers").forEach(each -> issuers.add(issuer(each)));
        List<CertificateAuthority> authorities = new ArrayList<>();
        for (JsonNode each : body.path("authorities")) {
            authorities.add(authority(each));
        }
        Set<String> revoked = new LinkedHashSet<>();
        body.path("revokedCertificates").forEach(each -> {
            if (!SHA_256.matcher(each.asText()).matches()) {
                throw Problem.badRequest("revokedCertificates are SHA-256 in 64 lower-case hexadecimal digits");
            }
            revoked.add(each.asText());
        });
        boolean disabled = Json.flag(body, "disabled", false);
        TenantLimits limits = limits(body.path("limits"));
        return edit(
                call,
                current -> new Tenant(
                        disabled,
                        issuers,
                        authorities,
                        revoked,
                        current.map(Tenant::enrolments).orElse(List.of()),
                        limits));
    }

    private CompletableFuture<Endpoint.Answer> change(Endpoint.Call call) throws IOException {
        JsonNode body = Json.read(call.body(), Set.of("disabled"));
        if (!body.has("disabled")) {
            throw Problem.badRequest("disabled is missing");
        }
        boolean disabled = Json.flag(body, "disabled", false);
        return edit(call, current -> current.orElse(Tenant.PLAIN).withDisabled(disabled));
    }

    private CompletableFuture<Endpoint.Answer> remove(Endpoint.Call call) {
        String name = name(call);
        return services.store()
                .get()
                .changeTenant(name, cause(call), current -> {
                    if (current.isEmpty()) {
                        throw new ChangeRefusedException(ChangeRefusedException.Reason.MISSING, missing(name));
                    }
                    return Optional.empty();
                })
                .thenApply(gone -> Endpoint.Answer.nothing());
    }

    private CompletableFuture<Endpoint.Answer> addEnrolment(Endpoint.Call call) throws IOException {
        JsonNode body = Json.read(call.body(), Set.of("id", "pattern", "disabled", "from", "until"));
        String name = name(call);
        String id = Json.text(body, "id");
        if (!ID.matcher(id).matches()) {
            throw Problem.badRequest("id is not of the form " + ID);
        }
        NewSecret secret = NewSecret.generate(services.random());
        EnrolmentToken token = new EnrolmentToken(
                id,
                secret.hash(),
                Validity.of(body.path("from").asLong(0), body.path("until").asLong(0)),
                new Provisioning(Json.text(body, "pattern"), Json.flag(body, "disabled", false)));
        return services.store()
                .get()
                .changeTenant(name, cause(call), current -> {
                    Tenant known = current.orElse(Tenant.PLAIN);
                    if (known.enrolment(id).isPresent()) {
                        throw new ChangeRefusedException(
                                ChangeRefusedException.Reason.EXISTS,
                                "tenant " + name + " has an enrolment token " + id + " already");
                    }
                    List<EnrolmentToken> all = new ArrayList<>(known.enrolments());
                    all.add(token);
                    return Optional.of(known.withEnrolments(all));
                })
                .thenCompose(stored -> Endpoint.Answer.json(
                        201, Json.object().put("id", id).put("token", Enrolment.token(name, id, secret.secret()))));
    }

    private CompletableFuture<Endpoint.Answer> removeEnrolment(Endpoint.Call call) {
        String name = name(call);
        String id = call.variable("id");
        return services.store()
                .get()
                .changeTenant(name, cause(call), current -> {
                    Tenant known = current.orElse(Tenant.PLAIN);
                    if (known.enrolment(id).isEmpty()) {
                        throw new ChangeRefusedException(
                                ChangeRefusedException.Reason.MISSING,
                                "tenant " + name + " has no enrolment token " + id);
                    }
                    return Optional.of(known.withEnrolments(known.enrolments().stream()
                            .filter(each -> !each.id().equals(id))
                            .toList()));
                })
                .thenApply(stored -> Endpoint.Answer.nothing());
    }

    private interface Edit {
        Tenant of(Optional<Tenant> current);
    }

    private CompletableFuture<Endpoint.Answer> edit(Endpoint.Call call, Edit edit) {
        String name = name(call);
        return services.store()
                .get()
                .changeTenant(name, cause(call), current -> Optional.of(edit.of(current)))
                .thenCompose(stored -> Endpoint.Answer.json(200, shown(name, stored.orElseThrow())));
    }

    private static TenantLimits limits(JsonNode from) {
        if (from.isMissingNode()) {
            return TenantLimits.NONE;
        }
        Json.requireKnown(from, LIMITS);
        from.properties().forEach(limit -> {
            if (!limit.getValue().canConvertToInt()) {
                throw Problem.badRequest("limits." + limit.getKey() + " is no number");
            }
        });
        try {
            return StoredTenant.limits(from);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static TokenIssuer issuer(JsonNode from) {
        Json.requireKnown(from, Set.of("issuer", "jwks", "keys"));
        List<DeviceKey> keys = new ArrayList<>();
        for (JsonNode key : from.path("keys")) {
            Json.requireKnown(key, Set.of("id", "publicKey"));
            keys.add(Credentials.key(key, Validity.ALWAYS));
        }
        Optional<URI> jwks = from.has("jwks") ? Optional.of(URI.create(Json.text(from, "jwks"))) : Optional.empty();
        return new TokenIssuer(Json.text(from, "issuer"), jwks, keys);
    }

    private static CertificateAuthority authority(JsonNode from) {
        Json.requireKnown(from, Set.of("id", "certificate", "provisioning"));
        JsonNode provisioning = from.path("provisioning");
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(
                            Json.text(from, "certificate").getBytes(StandardCharsets.US_ASCII)));
            return new CertificateAuthority(
                    Json.text(from, "id"),
                    certificate,
                    provisioning.isMissingNode()
                            ? Provisioning.NONE
                            : new Provisioning(
                                    Json.text(provisioning, "pattern"), Json.flag(provisioning, "disabled", false)));
        } catch (CertificateException e) {
            throw Problem.badRequest("certificate is not one in PEM: " + e.getMessage());
        }
    }

    private static String name(Endpoint.Call call) {
        String name = call.variable("tenant");
        if (!DeviceId.isTenant(name)) {
            throw Problem.badRequest("tenant " + name + " is not of the form [a-z0-9][a-z0-9-]{0,62}");
        }
        return name;
    }

    private static String missing(String name) {
        return "tenant " + name + " does not exist";
    }

    private static RegistryStore.Cause cause(Endpoint.Call call) {
        return new RegistryStore.Cause(call.actor(), call.action());
    }

    private static ObjectNode shown(String name, Tenant tenant) {
        ObjectNode shown = Json.object().put("tenant", name).put("disabled", tenant.disabled());
        ArrayNode issuers = shown.putArray("issuers");
        for (TokenIssuer issuer : tenant.issuers()) {
            ObjectNode each = issuers.addObject().put("issuer", issuer.issuer());
            issuer.jwks().ifPresent(jwks -> each.put("jwks", jwks.toString()));
            ArrayNode keys = each.putArray("keys");
            issuer.keys().forEach(key -> keys.add(key.id()));
        }
        ArrayNode authorities = shown.putArray("authorities");
        for (CertificateAuthority authority : tenant.authorities()) {
            ObjectNode each = authorities
                    .addObject()
                    .put("id", authority.id())
                    .put(
                            "subject",
                            authority.certificate().getSubjectX500Principal().getName())
                    .put(
                            "until",
                            authority.certificate().getNotAfter().toInstant().toEpochMilli());
            write(authority.provisioning(), each);
        }
        StoredTenant.write(tenant.limits(), shown);
        ArrayNode revoked = shown.putArray("revokedCertificates");
        tenant.revokedCertificates().stream().sorted().forEach(revoked::add);
        ArrayNode enrolments = shown.putArray("enrolments");
        for (EnrolmentToken token : tenant.enrolments()) {
            ObjectNode each = enrolments.addObject().put("id", token.id());
            Credentials.write(token.validity(), each);
            write(token.provisioning(), each);
        }
        return shown;
    }

    private static void write(Provisioning provisioning, ObjectNode into) {
        if (!provisioning.equals(Provisioning.NONE)) {
            into.put("pattern", provisioning.pattern()).put("newDevicesDisabled", provisioning.disabled());
        }
    }
}
