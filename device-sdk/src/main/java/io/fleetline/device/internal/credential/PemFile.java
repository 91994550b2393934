package io.fleetline.device.internal.credential;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads keys and certificates from PEM files (RFC 7468). */
public final class PemFile {
    /** No file with a key or a few certificates is larger; what is, is another file. */
    private static final int MOST_BYTES = 1024 * 1024;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private static final List<String> KEY_ALGORITHMS = List.of("EC", "Ed25519", "RSA");

    private PemFile() {}

    /**
     * The certificates of a file, in its order.
     *
     * @throws IllegalArgumentException if the file cannot be read or has no certificate
     */
    public static List<X509Certificate> certificates(Path pem) {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate each : factory.generateCertificates(new ByteArrayInputStream(bytes(pem)))) {
                certificates.add((X509Certificate) each);
            }
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("there is no certificate in " + pem);
            }
            return certificates;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot read certificates from " + pem + ": " + e.getMessage(), e);
        }
    }

    /**
     * The private key of a file.
     *
     * @throws IllegalArgumentException if the file cannot be read or has no key in PKCS #8 (RFC 5958) that is not
     *     encrypted; the message never has anything of the key
     */
    public static PrivateKey privateKey(Path pem) {
        Matcher blocks = BLOCK.matcher(new String(bytes(pem), StandardCharsets.US_ASCII));
        String others = "";
        while (blocks.find()) {
            String label = blocks.group(1);
            if (label.equals("PRIVATE KEY")) {
                return privateKey(pem, blocks.group(2));
            }
            others = others + (others.isEmpty() ? "" : ", ") + label;
        }
        throw new IllegalArgumentException("there is no PRIVATE KEY in " + pem
                + (others.isEmpty() ? "" : ", but " + others)
                + "; it must be PKCS #8 and not encrypted: openssl pkcs8 -topk8 -nocrypt makes it so");
    }

    private static PrivateKey privateKey(Path pem, String base64) {
        try {
            PKCS8EncodedKeySpec encoded =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            for (String algorithm : KEY_ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                } catch (InvalidKeySpecException e) {
                    // Of another algorithm, then.
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("cannot read the private key in " + pem, e);
        }
        throw new IllegalArgumentException(
                "the private key in " + pem + " is none of " + String.join(", ", KEY_ALGORITHMS));
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException(
                        file + " has " + Files.size(file) + " bytes, more than a PEM file of " + MOST_BYTES);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
        }
    }
}
