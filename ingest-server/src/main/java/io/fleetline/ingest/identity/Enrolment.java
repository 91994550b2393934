package io.fleetline.ingest.identity;

import io.fleetline.ingest.registry.ChangeRefusedException;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.EnrolmentToken;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.Provisioning;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.RegistryStore;
import io.fleetline.ingest.registry.SecretHash;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Brings new devices into the registry: those that trade their fleet's token for a secret of their own, once, and those whose
 * certificate's authority vouches for them. Thread-safe.
 *
 * <p>A token is {@code TENANT.ID.SECRET}: the tenant and the id say which it is, and only the secret is one.
 */
public final class Enrolment implements NewDevices {
    /** What became of an attempt. */
    public sealed interface Outcome {
        /** The device is registered, and this is its secret, which is kept nowhere else. */
        record Enrolled(String secret) implements Outcome {}

        /** The token is none, or not for this device. */
        record Refused(String detail) implements Outcome {}

        /** The device is registered already: a token is good for each device once. */
        record Exists() implements Outcome {}

        /** It could not be stored now. */
        record Unavailable(String detail) implements Outcome {}
    }

    private static final int PARTS = 3;

    private final DeviceRegistry registry;
    private final Supplier<RegistryStore> store;
    private final NodeTime time;
    private final SecureRandom random;
    private final Set<DeviceId> underWay = ConcurrentHashMap.newKeySet();

    /**
     * For devices of this registry.
     *
     * @param store changes it; asked for when it is needed first
     */
    public Enrolment(DeviceRegistry registry, Supplier<RegistryStore> store, NodeTime time, SecureRandom random) {
        this.registry = registry;
        this.store = store;
        this.time = time;
        this.random = random;
    }

    /** Makes a token and what the registry is to keep of it. */
    public static String token(String tenant, String id, String secret) {
        return tenant + "." + id + "." + secret;
    }

    /** A device trades a token for a secret. Never fails: each trouble is an outcome. */
    public CompletableFuture<Outcome> enrol(String token, DeviceId device) {
        String[] parts = token.split("\\.", -1);
        Optional<EnrolmentToken> known = parts.length == PARTS && parts[0].equals(device.tenant())
                ? registry.tenant(parts[0]).enrolment(parts[1])
                : Optional.empty();
        String secret = parts.length == PARTS ? parts[2] : "";
        boolean right =
                known.map(EnrolmentToken::hash).orElse(SecretHash.NOBODYS).matches(secret);
        if (known.isEmpty() || !right) {
            return refused("no such enrolment token of this tenant");
        }
        EnrolmentToken good = known.get();
        Tenant tenant = registry.tenant(device.tenant());
        if (!good.validity().contains(time.unixMillis()) || tenant.disabled()) {
            return refused("enrolment token " + good.id() + " is not valid now, or the tenant disabled");
        }
        if (!good.provisioning().covers(device)) {
            return refused("enrolment token " + good.id() + " is for "
                    + good.provisioning().pattern() + " only");
        }
        NewSecret made = NewSecret.generate(random);
        RegisteredDevice registered = new RegisteredDevice(
                good.provisioning().disabled(),
                RegisteredDevice.withSecret(made.hash()).credentials());
        return add(device, registered, "enrolment:" + good.id(), "device.enrol")
                .<Outcome>thenApply(stored -> new Outcome.Enrolled(made.secret()))
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    return cause instanceof ChangeRefusedException
                            ? new Outcome.Exists()
                            : new Outcome.Unavailable(String.valueOf(cause));
                });
    }

    @Override
    public void provision(DeviceId device, String authority, Provisioning template) {
        if (underWay.add(device)) {
            CompletableFuture<?> unused = add(
                            device,
                            new RegisteredDevice(template.disabled(), List.of()),
                            "authority:" + authority,
                            "device.provision")
                    .whenComplete((stored, failure) -> underWay.remove(device));
        }
    }

    private CompletableFuture<Optional<RegisteredDevice>> add(
            DeviceId device, RegisteredDevice registered, String actor, String action) {
        return store.get().changeDevice(device, new RegistryStore.Cause(actor, action), current -> {
            if (current.isPresent()) {
                throw new ChangeRefusedException(
                        ChangeRefusedException.Reason.EXISTS, "device " + device + " is registered already");
            }
            return Optional.of(registered);
        });
    }

    private static CompletableFuture<Outcome> refused(String detail) {
        return CompletableFuture.completedFuture(new Outcome.Refused(detail));
    }
}
