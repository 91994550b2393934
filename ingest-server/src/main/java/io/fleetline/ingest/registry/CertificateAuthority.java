package io.fleetline.ingest.registry;

import java.security.cert.X509Certificate;

/**
 * Whose certificates a tenant trusts for its devices.
 *
 * @param id what names it within its tenant
 * @param certificate the authority's own certificate
 * @param provisioning which devices it brings into being; {@link Provisioning#NONE} if none
 */
public record CertificateAuthority(String id, X509Certificate certificate, Provisioning provisioning) {
    /**
     * Checks that the certificate is one that can sign others.
     *
     * @throws IllegalArgumentException if it is not
     */
    public CertificateAuthority {
        if (certificate.getBasicConstraints() < 0) {
            throw new IllegalArgumentException(
                    "certificate " + certificate.getSubjectX500Principal().getName()
                            + " is not that of an authority (basic constraints)");
        }
    }
}
