package io.fleetline.ingest.identity;

import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Decides which device is calling, by what stands in the {@code Authorization} header: HTTP Basic (RFC 7617) with the
 * device's name as the user and its secret as the password.
 */
public final class Authenticator {
    private static final String BASIC = "basic ";

    private final DeviceRegistry registry;

    /** Looks devices up in this registry. */
    public Authenticator(DeviceRegistry registry) {
        this.registry = registry;
    }

    /** Judges what stands in the {@code Authorization} header; null where there is none. */
    public Verdict authenticate(@Nullable String authorization) {
        if (authorization == null || authorization.isEmpty()) {
            return new Verdict.Refused(Verdict.Reason.NO_CREDENTIAL, "");
        }
        if (authorization.length() > ProtocolLimits.MAX_CREDENTIAL_CHARS
                || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return new Verdict.Refused(Verdict.Reason.MALFORMED, "");
        }
        String decoded = decode(authorization.substring(BASIC.length()).trim());
        int colon = decoded == null ? -1 : decoded.indexOf(':');
        if (decoded == null || colon < 0) {
            return new Verdict.Refused(Verdict.Reason.MALFORMED, "");
        }
        String claimed = decoded.substring(0, colon);
        String secret = decoded.substring(colon + 1);
        DeviceId id;
        try {
            id = DeviceId.parse(claimed);
        } catch (IllegalArgumentException noDeviceCanHaveThisName) {
            return new Verdict.Refused(Verdict.Reason.WRONG, claimed);
        }
        RegisteredDevice device = registry.findOrNobody(id);
        if (!device.hasSecret(secret)) {
            return new Verdict.Refused(Verdict.Reason.WRONG, claimed);
        }
        if (device.disabled()) {
            return new Verdict.Refused(Verdict.Reason.DISABLED, claimed);
        }
        return new Verdict.Accepted(id, 0);
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
