package io.fleetline.protocol.cbor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The test vectors under {@code src/test/vectors}, which clients in other languages use too. */
final class Vectors {
    private static final Path FOLDER = Path.of("src", "test", "vectors");

    private Vectors() {}

    /** One entry of a file, with typed access to its parts. */
    record Vector(Map<?, ?> parts) {
        String text(String part) {
            if (!(parts.get(part) instanceof String text)) {
                throw new IllegalArgumentException("vector " + parts.get("name") + " has no text " + part);
            }
            return text;
        }

        long number(String part) {
            return ((Number) parts.get(part)).longValue();
        }

        boolean has(String part) {
            return parts.containsKey(part);
        }

        boolean isTrue(String part) {
            return Boolean.TRUE.equals(parts.get(part));
        }

        Vector inner(String part) {
            return new Vector((Map<?, ?>) parts.get(part));
        }

        List<Vector> list(String part) {
            return ((List<?>) parts.get(part))
                    .stream().map(entry -> new Vector((Map<?, ?>) entry)).toList();
        }

        byte[] hex(String part) {
            return HexFormat.of().parseHex(text(part));
        }

        String name() {
            return text("name");
        }
    }

    static Stream<Vector> read(String file) {
        try {
            Object content = JsonText.read(Files.readString(FOLDER.resolve(file)));
            return new Vector((Map<?, ?>) content).list("vectors").stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
