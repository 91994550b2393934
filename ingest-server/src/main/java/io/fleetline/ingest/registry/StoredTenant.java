package io.fleetline.ingest.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The form in which a tenant lies in its topic: JSON with a version, as {@link StoredDevice}'s. */
public final class StoredTenant {
    /** The version that is written, and the newest that is read. */
    public static final int VERSION = 1;

    private StoredTenant() {}

    /** Writes a tenant. */
    public static byte[] encode(Tenant tenant) {
        ObjectNode root = StoredDevice.object().put("version", VERSION).put("disabled", tenant.disabled());
        ArrayNode issuers = root.putArray("issuers");
        for (TokenIssuer issuer : tenant.issuers()) {
            ObjectNode each = issuers.addObject().put("issuer", issuer.issuer());
            issuer.jwks().ifPresent(jwks -> each.put("jwks", jwks.toString()));
            ArrayNode keys = each.putArray("keys");
            issuer.keys().forEach(key -> StoredDevice.write(key, keys.addObject()));
        }
        ArrayNode authorities = root.putArray("authorities");
        for (CertificateAuthority authority : tenant.authorities()) {
            ObjectNode each =
                    authorities.addObject().put("id", authority.id()).put("certificate", der(authority.certificate()));
            write(authority.provisioning(), each);
        }
        ArrayNode revoked = root.putArray("revokedCertificates");
        tenant.revokedCertificates().stream().sorted().forEach(revoked::add);
        ArrayNode enrolments = root.putArray("enrolments");
        for (EnrolmentToken token : tenant.enrolments()) {
            ObjectNode each = enrolments.addObject().put("id", token.id());
            StoredDevice.write(token.hash(), each);
            StoredDevice.write(token.validity(), each);
            write(token.provisioning(), each);
        }
        write(tenant.limits(), root);
        return StoredDevice.bytes(root);
    }

    /**
     * Reads a tenant.
     *
     * @throws IOException if the bytes are not of the form, or of a version that this node cannot read
     */
    public static Tenant decode(byte[] stored) throws IOException {
        JsonNode root = StoredDevice.read(stored, "tenant", VERSION);
        try {
            List<TokenIssuer> issuers = new ArrayList<>();
            for (JsonNode each : root.path("issuers")) {
                issuers.add(issuer(each));
            }
            List<CertificateAuthority> authorities = new ArrayList<>();
            for (JsonNode each : root.path("authorities")) {
                authorities.add(new CertificateAuthority(
                        each.path("id").asText(),
                        certificate(StoredDevice.binary(each, "certificate")),
                        provisioning(each)));
            }
            Set<String> revoked = new LinkedHashSet<>();
            root.path("revokedCertificates").forEach(each -> revoked.add(each.asText()));
            List<EnrolmentToken> enrolments = new ArrayList<>();
            for (JsonNode each : root.path("enrolments")) {
                enrolments.add(new EnrolmentToken(
                        each.path("id").asText(),
                        StoredDevice.hash(each),
                        StoredDevice.validity(each),
                        provisioning(each)));
            }
            return new Tenant(
                    root.path("disabled").asBoolean(false),
                    issuers,
                    authorities,
                    revoked,
                    enrolments,
                    limits(root.path("limits")));
        } catch (IllegalArgumentException e) {
            throw new IOException("a stored tenant cannot be read: " + e.getMessage(), e);
        }
    }

    /** Writes limits as a member of that name, if there are any. */
    public static void write(TenantLimits limits, ObjectNode into) {
        if (!limits.equals(TenantLimits.NONE)) {
            into.putObject("limits")
                    .put("eventsPerSecond", limits.eventsPerSecond())
                    .put("bytesPerSecond", limits.bytesPerSecond())
                    .put("deviceEventsPerSecond", limits.deviceEventsPerSecond())
                    .put("deviceBytesPerSecond", limits.deviceBytesPerSecond())
                    .put("heartbeatMillis", limits.heartbeat().toMillis())
                    .put("maxFrameBytes", limits.maxFrameBytes())
                    .put("maxItemBytes", limits.maxItemBytes());
        }
    }

    /**
     * Reads limits; what is not there is as nodes say.
     *
     * @throws IllegalArgumentException naming the limit
     */
    public static TenantLimits limits(JsonNode from) {
        return new TenantLimits(
                from.path("eventsPerSecond").asInt(0),
                from.path("bytesPerSecond").asInt(0),
                from.path("deviceEventsPerSecond").asInt(0),
                from.path("deviceBytesPerSecond").asInt(0),
                Duration.ofMillis(from.path("heartbeatMillis").asLong(0)),
                from.path("maxFrameBytes").asInt(0),
                from.path("maxItemBytes").asInt(0));
    }

    private static TokenIssuer issuer(JsonNode from) throws IOException {
        List<DeviceKey> keys = new ArrayList<>();
        for (JsonNode key : from.path("keys")) {
            keys.add(StoredDevice.key(key));
        }
        Optional<URI> jwks =
                from.has("jwks") ? Optional.of(URI.create(from.path("jwks").asText())) : Optional.empty();
        return new TokenIssuer(from.path("issuer").asText(), jwks, keys);
    }

    private static void write(Provisioning provisioning, ObjectNode into) {
        if (!provisioning.equals(Provisioning.NONE)) {
            into.putObject("provisioning")
                    .put("pattern", provisioning.pattern())
                    .put("disabled", provisioning.disabled());
        }
    }

    private static Provisioning provisioning(JsonNode from) {
        JsonNode stored = from.path("provisioning");
        return stored.isObject()
                ? new Provisioning(
                        stored.path("pattern").asText(), stored.path("disabled").asBoolean(true))
                : Provisioning.NONE;
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private static X509Certificate certificate(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("a certificate cannot be read: " + e.getMessage(), e);
        }
    }
}
