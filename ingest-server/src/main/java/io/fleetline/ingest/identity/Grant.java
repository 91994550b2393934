package io.fleetline.ingest.identity;

import io.fleetline.ingest.registry.CertificateAuthority;
import io.fleetline.ingest.registry.DeviceCredential;
import io.fleetline.ingest.registry.TokenIssuer;

/** What a device was let in for, as long as it is connected. */
public sealed interface Grant {
    /**
     * A secret of its own, or a token signed with a key of its own.
     *
     * @param credential the secret or the key
     * @param expiresMillis when the token ends, Unix time in ms; 0 for a secret
     */
    record Own(DeviceCredential credential, long expiresMillis) implements Grant {}

    /**
     * A token of an issuer that its tenant trusts.
     *
     * @param issuer the issuer, as the registry had it
     * @param expiresMillis when the token ends, Unix time in ms
     */
    record Issued(TokenIssuer issuer, long expiresMillis) implements Grant {}

    /**
     * A client certificate.
     *
     * @param authority whose word it is
     * @param fingerprint SHA-256 of the certificate, in lower-case hexadecimal
     * @param expiresMillis when the certificate ends, Unix time in ms
     */
    record Certified(CertificateAuthority authority, String fingerprint, long expiresMillis) implements Grant {}
}
