package io.fleetline.ingest.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A file that TLS needs, and the setting that names it: whoever has to mend something wants to hear both.
 *
 * @param option the setting's name in the configuration, such as {@code listener.tls.key}
 * @param path where the file is
 */
public record TlsFile(String option, Path path) {
    /**
     * What is in the file now.
     *
     * @throws IllegalArgumentException naming the setting, the file, and why it cannot be read
     */
    public byte[] bytes() {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + ": there is no file " + path, e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(option + ": " + path + " may not be read by the node's user", e);
        } catch (IOException e) {
            throw wrong("cannot be read: " + e.getMessage(), e);
        }
    }

    /** Says that something is the matter with the file, such as {@code has no certificate}. */
    public IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(option + ": " + path + " " + what);
    }

    /** Says that something is the matter with the file, and what brought it to light. */
    public IllegalArgumentException wrong(String what, Throwable cause) {
        return new IllegalArgumentException(option + ": " + path + " " + what, cause);
    }

    /**
     * Checks that a certificate of this file can be used at this time.
     *
     * @throws IllegalArgumentException naming the setting, the file, the certificate and the date
     */
    public void requireValid(X509Certificate certificate, Instant now) {
        whyNotValid(certificate, now).ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
    }

    /** Why a certificate of this file cannot be used at this time, in a sentence; empty if it can (RFC 5280, 4.1.2.5). */
    public Optional<String> whyNotValid(X509Certificate certificate, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        if (now.isBefore(from)) {
            return Optional.of(holds(certificate) + " is not valid before " + from);
        }
        if (now.isAfter(to)) {
            return Optional.of(holds(certificate) + " expired at " + to);
        }
        return Optional.empty();
    }

    private String holds(X509Certificate certificate) {
        return option + ": the certificate \"" + certificate.getSubjectX500Principal() + "\" in " + path;
    }
}
