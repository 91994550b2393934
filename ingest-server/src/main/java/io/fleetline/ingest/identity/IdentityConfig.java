package io.fleetline.ingest.identity;

import java.time.Duration;

/**
 * What is asked of credentials.
 *
 * @param audience what has to be among a token's {@code aud}
 * @param jwksTimeout how long fetching an issuer's keys may take in all
 * @param jwksRefresh how old an issuer's keys may be before they are fetched again
 */
public record IdentityConfig(String audience, Duration jwksTimeout, Duration jwksRefresh) {
    /** For most. */
    public static final IdentityConfig DEFAULTS =
            new IdentityConfig("fleetline", Duration.ofSeconds(5), Duration.ofMinutes(10));

    /**
     * Checks each setting.
     *
     * @throws IllegalArgumentException naming the setting
     */
    public IdentityConfig {
        if (audience.isBlank() || audience.length() > 256) {
            throw new IllegalArgumentException("identity.audience is \"" + audience + "\", not 1 to 256 characters");
        }
        require("jwksTimeout", jwksTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        require("jwksRefresh", jwksRefresh, Duration.ofSeconds(10), Duration.ofDays(1));
    }

    private static void require(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "identity." + key + " is " + value + ", not within " + least + " to " + most);
        }
    }
}
