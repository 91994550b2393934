package io.fleetline.ingest.identity;

import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.DeviceSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Decides which device is calling: by HTTP Basic (RFC 7617) with the device's name as the user and its secret as the
 * password, by a Bearer token (RFC 6750), or by a client certificate. Where there is an {@code Authorization} header, it
 * decides, and a certificate is not looked at. Thread-safe.
 */
public final class Authenticator {
    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";

    private final DeviceRegistry registry;
    private final NodeTime time;
    private final TokenCheck tokens;
    private final CertificateCheck certificates;

    /**
     * Looks devices up in this registry.
     *
     * @param audience what has to be among a token's {@code aud}
     * @param issuerKeys knows the keys of the issuers that tenants trust
     * @param newDevices registers devices that an authority vouches for
     */
    public Authenticator(
            DeviceRegistry registry, NodeTime time, String audience, IssuerKeys issuerKeys, NewDevices newDevices) {
        this.registry = registry;
        this.time = time;
        this.tokens = new TokenCheck(registry, time, audience, issuerKeys);
        this.certificates = new CertificateCheck(registry, time, newDevices);
    }

    /** Judges what stands in the {@code Authorization} header; null where there is none. */
    public Verdict authenticate(@Nullable String authorization) {
        return authenticate(authorization, List.of());
    }

    /**
     * Judges what a peer came with.
     *
     * @param authorization the {@code Authorization} header; null where there is none
     * @param chain the client certificate, its issuers behind it; the peer has proved that it has the key, and nothing
     *     else was looked at; empty where there is none
     */
    public Verdict authenticate(@Nullable String authorization, List<X509Certificate> chain) {
        if (authorization == null || authorization.isEmpty()) {
            return chain.isEmpty()
                    ? new Verdict.Refused(Verdict.Reason.NO_CREDENTIAL, "", "no credential")
                    : certificates.check(chain);
        }
        if (authorization.length() > ProtocolLimits.MAX_CREDENTIAL_CHARS) {
            return malformed("a credential of " + authorization.length() + " characters");
        }
        if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return checkSecret(authorization.substring(BASIC.length()).trim());
        }
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return tokens.check(authorization.substring(BEARER.length()).trim());
        }
        return malformed("neither Basic nor Bearer");
    }

    /**
     * Whether a device may stay that was let in for this.
     *
     * @return until when, Unix time in ms, 0 for without an end; empty if it may not
     */
    public OptionalLong recheck(DeviceId device, Grant grant) {
        Tenant tenant = registry.tenant(device.tenant());
        Optional<RegisteredDevice> registered = registry.find(device);
        if (tenant.disabled() || registered.isEmpty() || registered.get().disabled()) {
            return OptionalLong.empty();
        }
        if (grant instanceof Grant.Own own) {
            return registered
                    .get()
                    .same(own.credential())
                    .filter(credential -> credential.validity().fromMillis() <= time.unixMillis())
                    .map(credential -> OptionalLong.of(
                            Validity.earlier(credential.validity().untilMillis(), own.expiresMillis())))
                    .orElse(OptionalLong.empty());
        }
        if (grant instanceof Grant.Issued issued) {
            return tenant.issuers().contains(issued.issuer())
                    ? OptionalLong.of(issued.expiresMillis())
                    : OptionalLong.empty();
        }
        Grant.Certified certified = (Grant.Certified) grant;
        boolean trusted = !tenant.revokedCertificates().contains(certified.fingerprint())
                && tenant.authorities().stream()
                        .anyMatch(each ->
                                each.certificate().equals(certified.authority().certificate()));
        return trusted ? OptionalLong.of(certified.expiresMillis()) : OptionalLong.empty();
    }

    private Verdict checkSecret(String base64) {
        String decoded = decode(base64);
        int colon = decoded == null ? -1 : decoded.indexOf(':');
        if (decoded == null || colon < 0) {
            return malformed("Basic without a name and a secret in base64");
        }
        String claimed = decoded.substring(0, colon);
        String secret = decoded.substring(colon + 1);
        DeviceId id;
        try {
            id = DeviceId.parse(claimed);
        } catch (IllegalArgumentException noDeviceCanHaveThisName) {
            return new Verdict.Refused(Verdict.Reason.WRONG, claimed, "no device can have this name");
        }
        RegisteredDevice device = registry.findOrNobody(id);
        Optional<DeviceSecret> known = device.secret(secret);
        if (known.isEmpty()) {
            boolean registered = registry.find(id).isPresent();
            return new Verdict.Refused(
                    Verdict.Reason.WRONG, claimed, registered ? "wrong secret" : "the device is unknown");
        }
        if (!known.get().validity().contains(time.unixMillis())) {
            return new Verdict.Refused(
                    Verdict.Reason.WRONG, claimed, "secret " + known.get().id() + " is not valid now");
        }
        return admit(
                registry,
                id,
                new Grant.Own(known.get(), 0),
                known.get().validity().untilMillis());
    }

    /** The credential is right; what is left is whether the device may come. */
    static Verdict admit(DeviceRegistry registry, DeviceId id, Grant grant, long expiresMillis) {
        if (registry.tenant(id.tenant()).disabled()) {
            return new Verdict.Refused(Verdict.Reason.DISABLED, id.toString(), "the tenant is disabled");
        }
        if (registry.findOrNobody(id).disabled()) {
            return new Verdict.Refused(Verdict.Reason.DISABLED, id.toString(), "the device is disabled");
        }
        return new Verdict.Accepted(id, expiresMillis, grant);
    }

    static Verdict.Refused malformed(String detail) {
        return new Verdict.Refused(Verdict.Reason.MALFORMED, "", detail);
    }

    private static @Nullable String decode(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null;
        }
    }
}
