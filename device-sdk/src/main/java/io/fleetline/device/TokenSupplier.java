package io.fleetline.device;

import java.time.Instant;
import java.util.Optional;

/** Where tokens come from that somebody else issues. */
@FunctionalInterface
public interface TokenSupplier {
    /**
     * A token to show to nodes. Called on the runtime's application executor, one call at a time for each client: before
     * the first connection; after about three quarters of a token's time, so that the next one is handed over on the open
     * connection; before a connection whose last token has ended; and once after a node has refused a token. It may
     * block; while a connection is being made, no longer than {@link DeviceConfig#connectTimeout}.
     *
     * @throws Exception to say that there is none to be had now. A connection goes on with the token that it has; an
     *     attempt to connect fails with {@link DisconnectReason#NO_CREDENTIAL} and is made again after a pause.
     */
    Token token() throws Exception;

    /**
     * A token as it is sent after {@code Bearer} (RFC 6750).
     *
     * @param value 1 to 6,144 characters of {@code [A-Za-z0-9._~+/=-]}
     * @param ends when it ends. Without it the token is used until a node refuses it, and no other is fetched before.
     */
    record Token(String value, Optional<Instant> ends) {
        /** The most characters of a token: with the rest of the request it must fit into the head that a node reads. */
        public static final int MAX_CHARS = 6 * 1024;

        /** @throws IllegalArgumentException if the value is not of its form */
        public Token {
            if (value.isEmpty() || value.length() > MAX_CHARS || !value.chars().allMatch(Token::isTokenChar)) {
                throw new IllegalArgumentException("a token is 1 to " + MAX_CHARS
                        + " characters of [A-Za-z0-9._~+/=-]; this one has " + value.length());
            }
        }

        /** A token that is good until then. */
        public static Token until(String value, Instant ends) {
            return new Token(value, Optional.of(ends));
        }

        /** A token that is good until it is refused. */
        public static Token of(String value) {
            return new Token(value, Optional.empty());
        }

        private static boolean isTokenChar(int c) {
            return (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "._~+/=-".indexOf(c) >= 0;
        }

        /** Without the token: this text may reach a log. */
        @Override
        public String toString() {
            return "Token[…, " + ends + "]";
        }
    }
}
