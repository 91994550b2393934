package io.fleetline.device;

import java.util.Objects;

/** What a device shows to a node to prove who it is. */
public sealed interface Credential {
    /**
     * A secret that the registry made for this device: at least 128 random bits, as text. It is sent as HTTP Basic
     * credentials (RFC 7617) within TLS, before the connection becomes a WebSocket.
     *
     * @param value the text as the registry showed it, 1 to 512 characters
     */
    record Secret(String value) implements Credential {
        /** The most characters of a secret. */
        public static final int MAX_CHARS = 512;

        /** @throws IllegalArgumentException if the text is empty, too long, or has a control character */
        public Secret {
            Objects.requireNonNull(value, "secret");
            if (value.isEmpty() || value.length() > MAX_CHARS || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a secret is 1 to " + MAX_CHARS
                        + " characters without control characters; this one has " + value.length());
            }
        }

        /** Without the secret: this text may reach a log. */
        @Override
        public String toString() {
            return "Secret[…]";
        }
    }

    /**
     * A secret that the registry made for this device.
     *
     * @throws IllegalArgumentException if the text is empty, longer than {@value Secret#MAX_CHARS} characters, or has a
     *     control character
     */
    static Credential secret(String value) {
        return new Secret(value);
    }
}
