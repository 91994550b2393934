package io.fleetline.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fleetline.device.TokenSupplier;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.scenario.Fault;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * An issuer of tokens for one device (RFC 7519, signed as RFC 7518 section 3.4 has it), which is away when a fault wants it, and whose
 * tokens end when that begins. Thread-safe.
 */
final class DeviceTokens implements TokenSupplier {
    /** A token that ends sooner is not worth being issued. */
    private static final long LEAST_NANOS = Duration.ofSeconds(2).toNanos();

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final DeviceId device;
    private final FleetTarget.TokenKey key;
    private final Duration lifetime;
    private final FleetClock clock;
    private final List<Fault> expiries;

    /** @param expiries when its tokens end, and for how long there are no more */
    DeviceTokens(DeviceId device, FleetTarget.TokenKey key, Duration lifetime, FleetClock clock, List<Fault> expiries) {
        this.device = device;
        this.key = key;
        this.lifetime = lifetime;
        this.clock = clock;
        this.expiries = List.copyOf(expiries);
    }

    @Override
    public Token token() throws IOException, GeneralSecurityException {
        long runNanos = clock.runNanos();
        long lifetimeNanos = lifetime.toNanos();
        for (Fault fault : expiries) {
            long beginNanos = fault.at().toNanos();
            if (runNanos >= beginNanos + fault.length().toNanos()) {
                continue;
            }
            if (runNanos >= beginNanos - LEAST_NANOS) {
                throw new IOException("the scenario wants no tokens for " + device + " now");
            }
            lifetimeNanos = Math.min(lifetimeNanos, beginNanos - runNanos);
        }
        Instant now = clock.now();
        Instant ends = Instant.ofEpochSecond(now.plusNanos(lifetimeNanos).getEpochSecond());
        return Token.until(sign(now, ends), ends);
    }

    private String sign(Instant now, Instant ends) throws GeneralSecurityException {
        // None of these can have a character that JSON would want escaped.
        String input = encoded("{\"alg\":\"ES256\",\"kid\":\"" + key.id() + "\"}") + "."
                + encoded("{\"sub\":\"" + device + "\",\"aud\":\"" + key.audience() + "\",\"iat\":"
                        + now.getEpochSecond() + ",\"exp\":" + ends.getEpochSecond() + "}");
        Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
        signer.initSign(key.key());
        signer.update(input.getBytes(US_ASCII));
        return input + "." + BASE64URL.encodeToString(signer.sign());
    }

    private static String encoded(String json) {
        return BASE64URL.encodeToString(json.getBytes(US_ASCII));
    }
}
