package io.fleetline.ingest.registry;

/**
 * A secret that a whole fleet shares, which a new device trades for a secret of its own, once.
 *
 * @param id what names it within its tenant
 * @param hash what is kept of it
 * @param validity when it is good
 * @param provisioning which devices it brings into being
 */
public record EnrolmentToken(String id, SecretHash hash, Validity validity, Provisioning provisioning) {}
