package io.fleetline.ingest.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who may come, and as what: a file with a line {@code NAME ROLE TOKEN} for each, readable for its owner only. The name is what
 * the audit topic says.
 */
public final class AdminTokens {
    /** Somebody who may come. */
    record Operator(String name, Role role) {}

    private record Known(Operator operator, String token) {
        @Override
        public String toString() {
            return operator.toString();
        }
    }

    private static final int TOKEN_BYTES = 24;
    private static final int LEAST_CHARS = 22;

    private final List<Known> known;

    private AdminTokens(List<Known> known) {
        this.known = List.copyOf(known);
    }

    /**
     * Reads the file; makes it first, with one token for each role, if it does not exist.
     *
     * @throws IllegalArgumentException naming the file, the line and what is wrong with it
     */
    public static AdminTokens load(Path file, SecureRandom random) {
        try {
            if (!Files.exists(file)) {
                make(file, random);
            }
            return parse(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("admin.tokens: cannot read or make " + file + ": " + e, e);
        }
    }

    private static void make(Path file, SecureRandom random) throws IOException {
        StringBuilder text = new StringBuilder("# NAME ROLE TOKEN, one a line; roles: read, operate, admin\n");
        for (Role role : Role.values()) {
            byte[] bits = new byte[TOKEN_BYTES];
            random.nextBytes(bits);
            String name = role.name().toLowerCase(Locale.ROOT);
            text.append("default-")
                    .append(name)
                    .append(' ')
                    .append(name)
                    .append(' ')
                    .append(Base64.getUrlEncoder().withoutPadding().encodeToString(bits))
                    .append('\n');
        }
        boolean posix = file.toAbsolutePath()
                .getFileSystem()
                .supportedFileAttributeViews()
                .contains("posix");
        FileAttribute<?>[] ownerOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try (var channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
            channel.write(java.nio.ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static AdminTokens parse(Path file, List<String> lines) {
        List<Known> known = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).trim();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("\\s+", -1);
            Optional<Role> role = parts.length == 3 ? role(parts[1]) : Optional.empty();
            if (role.isEmpty() || parts[2].length() < LEAST_CHARS) {
                throw new IllegalArgumentException("admin.tokens: " + file + " line " + (i + 1)
                        + " is not NAME ROLE TOKEN with a role of read, operate, admin and a token of at least "
                        + LEAST_CHARS + " characters");
            }
            known.add(new Known(new Operator(parts[0], role.get()), parts[2]));
        }
        if (known.isEmpty()) {
            throw new IllegalArgumentException("admin.tokens: " + file + " has no token");
        }
        return new AdminTokens(known);
    }

    private static Optional<Role> role(String word) {
        for (Role role : Role.values()) {
            if (role.name().equalsIgnoreCase(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    /** Whose token this is. Compares with all of them, whatever the answer. */
    Optional<Operator> find(String token) {
        byte[] given = token.getBytes(StandardCharsets.UTF_8);
        Optional<Operator> found = Optional.empty();
        for (Known each : known) {
            if (MessageDigest.isEqual(each.token().getBytes(StandardCharsets.UTF_8), given)) {
                found = Optional.of(each.operator());
            }
        }
        return found;
    }
}
