package io.fleetline.ingest.registry;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the registry knows of a tenant.
 *
 * @param disabled whether all its devices are refused
 * @param issuers whose tokens it trusts
 * @param authorities whose certificates it trusts
 * @param revokedCertificates SHA-256 of certificates that are refused although an authority made them, in lower-case
 *     hexadecimal
 * @param enrolments what new devices may trade for a secret
 * @param limits what its devices may do, where that differs from what nodes say
 */
public record Tenant(
        boolean disabled,
        List<TokenIssuer> issuers,
        List<CertificateAuthority> authorities,
        Set<String> revokedCertificates,
        List<EnrolmentToken> enrolments,
        TenantLimits limits) {
    /** Of a tenant of which nothing was said: its devices have credentials of their own only. */
    public static final Tenant PLAIN = new Tenant(false, List.of(), List.of(), Set.of(), List.of());

    /** Keeps its own copies. */
    public Tenant {
        issuers = List.copyOf(issuers);
        authorities = List.copyOf(authorities);
        revokedCertificates = Set.copyOf(revokedCertificates);
        enrolments = List.copyOf(enrolments);
    }

    /** A tenant whose devices may do what the nodes say. */
    public Tenant(
            boolean disabled,
            List<TokenIssuer> issuers,
            List<CertificateAuthority> authorities,
            Set<String> revokedCertificates,
            List<EnrolmentToken> enrolments) {
        this(disabled, issuers, authorities, revokedCertificates, enrolments, TenantLimits.NONE);
    }

    /** The same tenant, disabled or not. */
    public Tenant withDisabled(boolean whether) {
        return new Tenant(whether, issuers, authorities, revokedCertificates, enrolments, limits);
    }

    /** The same tenant with other enrolment tokens. */
    public Tenant withEnrolments(List<EnrolmentToken> others) {
        return new Tenant(disabled, issuers, authorities, revokedCertificates, others, limits);
    }

    /** The same tenant with other limits. */
    public Tenant withLimits(TenantLimits others) {
        return new Tenant(disabled, issuers, authorities, revokedCertificates, enrolments, others);
    }

    /** The issuer whose name is exactly this. */
    public Optional<TokenIssuer> issuer(String name) {
        return issuers.stream().filter(each -> each.issuer().equals(name)).findFirst();
    }

    /** The enrolment token of this id. */
    public Optional<EnrolmentToken> enrolment(String id) {
        return enrolments.stream().filter(each -> each.id().equals(id)).findFirst();
    }
}
