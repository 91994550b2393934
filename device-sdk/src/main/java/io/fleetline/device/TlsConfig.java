package io.fleetline.device;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whom a device trusts. The node's name is always checked against its certificate (RFC 9525); the versions and cipher
 * suites are those that the JDK has on by default, TLS 1.3 first.
 *
 * @param trustedCertificates a PEM file with the certificates of the authorities to trust; if empty, those that the JDK
 *     trusts
 */
public record TlsConfig(Optional<Path> trustedCertificates) {
    /** Trusts the authorities that the JDK trusts. */
    public static final TlsConfig JDK_DEFAULT = new TlsConfig(Optional.empty());

    /**
     * Trusts the authorities in this PEM file and no others. The file is read when the client is built.
     *
     * @param pem one or more X.509 certificates
     */
    public static TlsConfig trusting(Path pem) {
        return new TlsConfig(Optional.of(pem));
    }
}
