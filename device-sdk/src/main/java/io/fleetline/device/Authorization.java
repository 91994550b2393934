package io.fleetline.device;

import io.fleetline.protocol.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What a client shows in the handshake. */
final class Authorization {
    private final DeviceId device;
    private final Credential credential;

    Authorization(DeviceId device, Credential credential) {
        this.device = device;
        this.credential = credential;
    }

    /** Whether another credential can be had where this one is refused. */
    boolean isRenewable() {
        return false;
    }

    /** The header {@code Authorization}, if there is one. */
    Optional<String> header() {
        if (credential instanceof Credential.Secret secret) {
            byte[] plain = (device + ":" + secret.value()).getBytes(StandardCharsets.UTF_8);
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(plain));
        }
        throw new IllegalStateException("credential of an unknown kind");
    }
}
