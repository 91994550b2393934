package io.fleetline.ingest.admin;

import io.fleetline.ingest.identity.RefusedAttempts;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.time.NodeTime;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What of the node its operators may see and change.
 *
 * @param store changes the registry; fails with {@link IllegalStateException} while the node is not ready for that
 * @param notReady why no device should be sent here now; empty if devices may come
 * @param started whether the node has once been ready
 * @param metrics the figures in Prometheus' text form; empty where they are not counted in that form
 */
public record AdminServices(
        DeviceRegistry registry,
        Supplier<RegistryStore> store,
        RefusedAttempts refusedAttempts,
        NodeTime time,
        SecureRandom random,
        Supplier<Optional<String>> notReady,
        Supplier<Boolean> started,
        Supplier<Optional<String>> metrics) {}
