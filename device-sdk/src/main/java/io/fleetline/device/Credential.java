package io.fleetline.device;

import io.fleetline.device.internal.credential.PemFile;
import io.fleetline.device.internal.credential.TokenSigner;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;

/**
 * What a device shows to a node to prove who it is. All kinds are shown within TLS, before the connection becomes a
 * WebSocket, and never in a URL.
 */
public sealed interface Credential {
    /**
     * A secret that the registry made for this device, as text of at least 128 random bits. It is sent as HTTP Basic
     * credentials (RFC 7617).
     *
     * @param value the text as the registry showed it, 1 to 512 characters without control characters
     */
    record Secret(String value) implements Credential {
        /** The most characters of a secret. */
        public static final int MAX_CHARS = 512;

        /** @throws IllegalArgumentException if the text is empty, too long, or has a control character */
        public Secret {
            if (value.isEmpty() || value.length() > MAX_CHARS || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("credential.secret is 1 to " + MAX_CHARS
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
     * As {@link Secret}, read from a file before each attempt to connect: a secret is rotated by replacing the file.
     *
     * @param file UTF-8; white space at the beginning and the end does not count
     */
    record SecretFile(Path file) implements Credential {}

    /**
     * A key of the device's own, whose public half the registry knows. The device signs tokens with it (RFC 7519: claims
     * {@code sub}, {@code aud}, {@code iat} and {@code exp}), one for each connection, and hands over a new one on the
     * open connection before the last one ends.
     *
     * @param key an EC key on P-256 (ES256, RFC 7518) or an Ed25519 key (EdDSA, RFC 8037)
     * @param keyId what the registry calls the key, 1 to 128 printable ASCII characters: {@code kid}
     * @param audience for whom the tokens are, as the nodes' configuration says, 1 to 256 printable ASCII characters:
     *     {@code aud}
     * @param lifetime how long a token is good for, 1 min to 24 h, in whole seconds
     */
    record SigningKey(PrivateKey key, String keyId, String audience, Duration lifetime) implements Credential {
        /** What {@code lifetime} is unless told otherwise. */
        public static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);

        private static final Duration LEAST_LIFETIME = Duration.ofMinutes(1);
        private static final Duration MOST_LIFETIME = Duration.ofHours(24);

        /** @throws IllegalArgumentException naming the part that is not of its form, or the kind of key */
        public SigningKey {
            TokenSigner.algorithm(key);
            Checks.printable("credential.keyId", keyId, 128);
            Checks.printable("credential.audience", audience, 256);
            Checks.range("credential.tokenLifetime", lifetime, LEAST_LIFETIME, MOST_LIFETIME);
        }

        /** Without the key. */
        @Override
        public String toString() {
            return "SigningKey[" + keyId + ", " + audience + ", " + lifetime + "]";
        }
    }

    /**
     * Tokens that somebody else issues, such as the tenant's own issuer. See {@link TokenSupplier} for when it is asked.
     *
     * @param supplier asked for tokens
     */
    record Tokens(TokenSupplier supplier) implements Credential {}

    /**
     * A TLS client certificate (RFC 8446 section 4.4.2) with the URI {@code urn:fleetline:device:TENANT:DEVICE} as a
     * subject alternative name. The files are read again before an attempt to connect if they have changed.
     *
     * @param keyStore where the key and the certificates are
     */
    record ClientCertificate(KeyFiles keyStore) implements Credential {}

    /** Where a private key and the certificates that speak for it are. */
    sealed interface KeyFiles {
        /**
         * Two PEM files (RFC 7468).
         *
         * @param chain the device's certificate, and after it those that lead to the authority
         * @param key the private key, PKCS #8 (RFC 5958), not encrypted
         */
        record Pem(Path chain, Path key) implements KeyFiles {}

        /**
         * A PKCS #12 file (RFC 7292) with one key.
         *
         * @param file the file
         * @param password of the file and of the key in it
         */
        record Pkcs12(Path file, String password) implements KeyFiles {
            /** Without the password. */
            @Override
            public String toString() {
                return "Pkcs12[" + file + "]";
            }
        }
    }

    /**
     * A secret that the registry made for this device.
     *
     * @throws IllegalArgumentException as {@link Secret}
     */
    static Credential secret(String value) {
        return new Secret(value);
    }

    /** A secret in a file. */
    static Credential secretFile(Path file) {
        return new SecretFile(file);
    }

    /**
     * A key in a PEM file (PKCS #8, not encrypted), with tokens that are good for an hour. The file is read now.
     *
     * @throws IllegalArgumentException if the file cannot be read, or as {@link SigningKey}
     */
    static Credential signingKey(Path pem, String keyId, String audience) {
        return signingKey(PemFile.privateKey(pem), keyId, audience);
    }

    /**
     * A key, with tokens that are good for an hour. It may be one that never leaves its hardware.
     *
     * @throws IllegalArgumentException as {@link SigningKey}
     */
    static Credential signingKey(PrivateKey key, String keyId, String audience) {
        return new SigningKey(key, keyId, audience, SigningKey.DEFAULT_LIFETIME);
    }

    /** Tokens that somebody else issues. */
    static Credential tokens(TokenSupplier supplier) {
        return new Tokens(supplier);
    }

    /** A client certificate in PEM files: the chain, and its key in PKCS #8, not encrypted. */
    static Credential clientCertificate(Path chain, Path key) {
        return new ClientCertificate(new KeyFiles.Pem(chain, key));
    }

    /** A client certificate in a PKCS #12 file. */
    static Credential clientCertificate(Path pkcs12, String password) {
        return new ClientCertificate(new KeyFiles.Pkcs12(pkcs12, password));
    }
}
