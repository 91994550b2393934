package io.fleetline.cli.admin;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which node's admin API a verb speaks to, and as whom. */
public final class AdminTarget {
    /** Where a token may stand instead of in a file. */
    static final String TOKEN_VARIABLE = "FLEETLINE_ADMIN_TOKEN";

    private static final List<String> STRONGEST_FIRST = List.of("admin", "operate", "read");

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            description = "The node's admin API. Default: ${DEFAULT-VALUE}.")
    private URI url = URI.create("http://127.0.0.1:8081");

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "The node's file of tokens (admin.tokens); without it the token in " + TOKEN_VARIABLE + ".")
    private @Nullable Path tokens;

    /** Filled in by picocli. */
    public AdminTarget() {}

    /**
     * The node's API.
     *
     * @throws CliFailure if there is no token
     */
    public AdminClient client() {
        return client(System.getenv());
    }

    AdminClient client(Map<String, String> environment) {
        if (tokens == null) {
            String token = environment.get(TOKEN_VARIABLE);
            if (token == null || token.isBlank()) {
                throw new CliFailure(
                        "a token is needed: name the node's file of tokens with --tokens, or set " + TOKEN_VARIABLE);
            }
            return new AdminClient(url, token.trim());
        }
        return new AdminClient(url, strongest(tokens));
    }

    private static String strongest(Path file) {
        List<String[]> lines;
        try {
            lines = Files.readAllLines(file).stream()
                    .map(line -> line.trim().split("\\s+", -1))
                    .filter(parts -> parts.length == 3 && !parts[0].startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new CliFailure("cannot read " + file + ": " + FileTrouble.describe(e), e);
        }
        for (String role : STRONGEST_FIRST) {
            for (String[] parts : lines) {
                if (parts[1].equalsIgnoreCase(role)) {
                    return parts[2];
                }
            }
        }
        throw new CliFailure(file + " has no line NAME ROLE TOKEN");
    }
}
