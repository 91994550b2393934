package io.fleetline.device.internal.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which ciphers to offer first. AES in software is slow and takes memory accesses that depend on the key; a processor without
 * instructions for it does better with ChaCha20-Poly1305 (RFC 8439, section 3). Such are those of the Raspberry Pi up to model
 * 4, and most 32-bit ARM.
 */
final class CipherOrder {
    private static final Logger LOG = LoggerFactory.getLogger(CipherOrder.class);

    private CipherOrder() {}

    /** The order for this machine; empty if that of the JDK is right. */
    static Optional<Comparator<String>> ofThisMachine() {
        return of(System.getProperty("os.arch", ""), Path.of("/proc/cpuinfo"));
    }

    static Optional<Comparator<String>> of(String architecture, Path cpuinfo) {
        if (!architecture.startsWith("arm") && !architecture.equals("aarch64")) {
            return Optional.empty();
        }
        try {
            List<String> features = Files.readAllLines(cpuinfo, UTF_8).stream()
                    .filter(line -> line.startsWith("Features"))
                    .toList();
            boolean aes = features.stream()
                    .allMatch(line -> List.of(
                                    line.substring(line.indexOf(':') + 1).split("\\s+", -1))
                            .contains("aes"));
            // Where no processor says what it has, nothing is known.
            return features.isEmpty() || aes ? Optional.empty() : Optional.of(chachaFirst());
        } catch (IOException e) {
            LOG.debug("{} cannot be read, the JDK's order of ciphers stays", cpuinfo, e);
            return Optional.empty();
        }
    }

    /** Leaves the order as it is otherwise, where the sort is stable. */
    private static Comparator<String> chachaFirst() {
        return Comparator.comparing(cipher -> !cipher.contains("CHACHA20"));
    }
}
