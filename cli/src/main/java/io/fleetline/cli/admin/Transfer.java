package io.fleetline.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import java.io.IOException;
import java.io.Writer;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Backup and restore of the registry: one file of lines. */
public final class Transfer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Transfer() {}

    /**
     * Writes all tenants and devices into a new file.
     *
     * @return how many lines
     */
    public static long export(AdminClient client, Path file) {
        long lines = 0;
        try (Writer out = Files.newBufferedWriter(file, java.nio.file.StandardOpenOption.CREATE_NEW)) {
            String after = "";
            while (true) {
                String page = client.ask(
                        "GET", "/api/v1/export?after=" + URLEncoder.encode(after, StandardCharsets.UTF_8), "");
                out.write(page);
                lines += page.lines().count();
                String last = lastDevice(page);
                if (last.isEmpty()) {
                    return lines;
                }
                after = last;
            }
        } catch (IOException e) {
            throw new CliFailure("cannot write " + file + ": " + FileTrouble.describe(e), e);
        }
    }

    /** Empty where there is none: then no page follows. */
    private static String lastDevice(String page) throws IOException {
        int end = page.stripTrailing().lastIndexOf('\n');
        String last = page.substring(end + 1).strip();
        JsonNode line = last.isEmpty() ? JSON.createObjectNode() : JSON.readTree(last);
        return line.path("device").asText("");
    }

    /** Takes what {@link #export} wrote; what is there already is replaced. */
    public static String restore(AdminClient client, Path file) {
        try {
            return client.send("POST", "/api/v1/import", HttpRequest.BodyPublishers.ofFile(file));
        } catch (IOException e) {
            throw new CliFailure("cannot read " + file + ": " + FileTrouble.describe(e), e);
        }
    }
}
