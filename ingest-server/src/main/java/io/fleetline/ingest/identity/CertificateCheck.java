package io.fleetline.ingest.identity;

import io.fleetline.ingest.registry.CertificateAuthority;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks client certificates: which device a certificate speaks for is its one subject alternative name of the form
 * {@code urn:fleetline:device:TENANT:DEVICE}, and whom it has to come from is what that tenant trusts (RFC 5280 section 6).
 */
final class CertificateCheck {
    private static final String URN = "urn:fleetline:device:";
    private static final int SAN_URI = 6;
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    /** A longer chain has no honest reason. */
    private static final int LONGEST_CHAIN = 5;

    private final DeviceRegistry registry;
    private final NodeTime time;
    private final NewDevices newDevices;

    CertificateCheck(DeviceRegistry registry, NodeTime time, NewDevices newDevices) {
        this.registry = registry;
        this.time = time;
        this.newDevices = newDevices;
    }

    Verdict check(List<X509Certificate> chain) {
        X509Certificate leaf = chain.get(0);
        DeviceId device;
        try {
            device = subject(leaf);
        } catch (CertificateException | IllegalArgumentException e) {
            return Authenticator.malformed("a client certificate that names no device: " + e.getMessage());
        }
        Tenant tenant = registry.tenant(device.tenant());
        String fingerprint;
        CertificateAuthority authority;
        try {
            requireClientPurpose(leaf);
            fingerprint = fingerprint(leaf);
            authority = validate(chain, tenant);
        } catch (GeneralSecurityException e) {
            return wrong(device, "the client certificate: " + e.getMessage());
        }
        if (tenant.revokedCertificates().contains(fingerprint)) {
            return wrong(device, "the client certificate " + fingerprint + " is revoked");
        }
        if (registry.find(device).isEmpty()) {
            if (!authority.provisioning().covers(device) || tenant.disabled()) {
                return wrong(device, "the client certificate is good, and the device is unknown");
            }
            newDevices.provision(device, authority.id(), authority.provisioning());
            return new Verdict.Refused(
                    Verdict.Reason.NOT_YET, device.toString(), "the device is being registered by its certificate");
        }
        long expires = chain.stream()
                .mapToLong(each -> each.getNotAfter().toInstant().toEpochMilli())
                .min()
                .orElseThrow();
        return Authenticator.admit(registry, device, new Grant.Certified(authority, fingerprint, expires), expires);
    }

    private static Verdict wrong(DeviceId device, String detail) {
        return new Verdict.Refused(Verdict.Reason.WRONG, device.toString(), detail);
    }

    private static DeviceId subject(X509Certificate leaf) throws CertificateException {
        Collection<List<?>> names =
                Optional.ofNullable(leaf.getSubjectAlternativeNames()).orElse(List.of());
        List<String> urns = names.stream()
                .filter(name -> Integer.valueOf(SAN_URI).equals(name.get(0)))
                .map(name -> String.valueOf(name.get(1)))
                .filter(uri -> uri.startsWith(URN))
                .toList();
        if (urns.size() != 1) {
            throw new CertificateException(urns.size() + " names of the form " + URN + "TENANT:DEVICE");
        }
        String[] parts = urns.get(0).substring(URN.length()).split(":", -1);
        if (parts.length != 2) {
            throw new CertificateException("not of the form " + URN + "TENANT:DEVICE");
        }
        return new DeviceId(parts[0], parts[1]);
    }

    private static void requireClientPurpose(X509Certificate leaf) throws CertificateException {
        if (leaf.getBasicConstraints() >= 0) {
            throw new CertificateException("it is an authority's own");
        }
        List<String> purposes = leaf.getExtendedKeyUsage();
        if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_PURPOSE)) {
            throw new CertificateException("it is not for clients (extended key usage)");
        }
    }

    private CertificateAuthority validate(List<X509Certificate> chain, Tenant tenant) throws GeneralSecurityException {
        if (chain.size() > LONGEST_CHAIN) {
            throw new CertificateException("a chain of " + chain.size() + " certificates");
        }
        if (tenant.authorities().isEmpty()) {
            throw new CertificateException("the tenant trusts no authority");
        }
        Set<X509Certificate> trusted = tenant.authorities().stream()
                .map(CertificateAuthority::certificate)
                .collect(Collectors.toSet());
        List<X509Certificate> path =
                chain.stream().filter(each -> !trusted.contains(each)).toList();
        if (path.isEmpty()) {
            throw new CertificateException("it is an authority's own");
        }
        PKIXParameters parameters = new PKIXParameters(
                trusted.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet()));
        parameters.setRevocationEnabled(false); // the tenant's list in the registry is what revokes, and at once
        parameters.setDate(Date.from(Instant.ofEpochMilli(time.unixMillis())));
        PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        X509Certificate anchor = result.getTrustAnchor().getTrustedCert();
        if (time.unixMillis() >= anchor.getNotAfter().toInstant().toEpochMilli()) {
            throw new CertificateException("the time of its authority is over");
        }
        return tenant.authorities().stream()
                .filter(each -> each.certificate().equals(anchor))
                .findFirst()
                .orElseThrow();
    }

    private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
