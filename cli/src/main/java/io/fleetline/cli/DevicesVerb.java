package io.fleetline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.cli.admin.AdminClient;
import io.fleetline.cli.admin.AdminTarget;
import io.fleetline.cli.admin.BackupVerbs;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at and changes the devices of the registry. */
@Command(
        name = "devices",
        description = {
            "Add, show, disable, rotate and remove devices, through a node's admin API.",
            "Prints what the node answers: JSON on one line for each device. A secret is shown once, when it is made."
        },
        synopsisSubcommandLabel = "(add | list | show | disable | enable | rotate | revoke | remove | import | export)",
        subcommands = {BackupVerbs.Export.class, BackupVerbs.Import.class})
final class DevicesVerb implements Runnable {
    private static final String PATH = "/api/v1/devices";
    private static final String DEVICE = "TENANT/DEVICE";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** None of them. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "devices needs one of its verbs");
    }

    /** What a credential is made of. */
    private static final class Credential {
        @Option(names = "--public-key", paramLabel = "FILE", description = "A public key in PEM instead of a secret.")
        private @Nullable Path publicKey;

        @Option(names = "--key-id", paramLabel = "ID", description = "What a token's kid has to be; with --public-key.")
        private @Nullable String keyId;

        ObjectNode json() {
            ObjectNode json = JSON.createObjectNode();
            if (publicKey == null || keyId == null) {
                if (publicKey != null || keyId != null) {
                    throw new CliFailure(ExitCode.USAGE, "--public-key and --key-id go together", null);
                }
                return json;
            }
            try {
                return json.put("kind", "key").put("id", keyId).put("publicKey", Files.readString(publicKey));
            } catch (IOException e) {
                throw new CliFailure("cannot read " + publicKey + ": " + FileTrouble.describe(e), e);
            }
        }
    }

    @Command(name = "add", description = "Add a device; prints its secret, unless it comes with something else.")
    int add(
            @Mixin AdminTarget target,
            @Mixin Credential credential,
            @Parameters(paramLabel = DEVICE, converter = DeviceIdConverter.class) DeviceId device,
            @Option(names = "--disabled", description = "Refuse it until it is enabled.") boolean disabled,
            @Option(
                            names = "--no-credential",
                            description = "It comes with tokens or certificates of whom its tenant trusts.")
                    boolean bare) {
        ObjectNode body =
                JSON.createObjectNode().put("device", device.toString()).put("disabled", disabled);
        if (bare) {
            body.put("credential", "none");
        } else {
            body.set("credential", credential.json());
        }
        return print(target.client().ask("POST", PATH, body.toString()));
    }

    @Command(name = "list", description = "List devices, in the order of their names.")
    int list(
            @Mixin AdminTarget target,
            @Option(
                            names = "--prefix",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Only those whose tenant/device begins so.")
                    String prefix)
            throws IOException {
        AdminClient client = target.client();
        String after = "";
        do {
            JsonNode page = JSON.readTree(
                    client.ask("GET", PATH + "?limit=1000&prefix=" + encoded(prefix) + "&after=" + encoded(after), ""));
            page.path("devices").forEach(device -> print(device.toString()));
            after = page.path("after").asText("");
        } while (!after.isEmpty());
        return ExitCode.DONE;
    }

    @Command(name = "show", description = "Show a device.")
    int show(
            @Mixin AdminTarget target,
            @Parameters(paramLabel = DEVICE, converter = DeviceIdConverter.class) DeviceId device) {
        return print(target.client().ask("GET", path(device), ""));
    }

    @Command(name = "disable", description = "Refuse a device, and end its connection.")
    int disable(
            @Mixin AdminTarget target,
            @Parameters(paramLabel = DEVICE, converter = DeviceIdConverter.class) DeviceId device) {
        return print(target.client().ask("PATCH", path(device), "{\"disabled\":true}"));
    }

    @Command(name = "enable", description = "Let a device come again.")
    int enable(
            @Mixin AdminTarget target,
            @Parameters(paramLabel = DEVICE, converter = DeviceIdConverter.class) DeviceId device) {
        return print(target.client().ask("PATCH", path(device), "{\"disabled\":false}"));
    }

    @Command(name = "rotate", description = "Give a device a new secret or key; the old ones end after the overlap.")
    int rotate(
            @Mixin AdminTarget target,
            @Mixin Credential credential,
            @Parameters(paramLabel = DEVICE, converter = DeviceIdConverter.class) DeviceId device,
            @Option(
                            names = "--overlap",
                            paramLabel = "TIME",
                            defaultValue = "24h",
                            converter = DurationConverter.class,
                            description = "How long the old ones stay good. Default: ${DEFAULT-VALUE}.")
                    Duration overlap) {
        ObjectNode body = JSON.createObjectNode().put("overlapSeconds", overlap.toSeconds());
        body.set("credential", credential.json());
        return print(target.client().ask("POST", path(device) + "/credentials", body.toString()));
    }

    @Command(name = "revoke", description = "Take a credential from a device, at once.")
    int revoke(
            @Mixin AdminTarget target,
            @Parameters(index = "0", paramLabel = DEVICE, converter = DeviceIdConverter.class) DeviceId device,
            @Parameters(index = "1", paramLabel = "ID", description = "As 'show' names it.") String id) {
        return print(target.client().ask("DELETE", path(device) + "/credentials/" + encoded(id), ""));
    }

    @Command(name = "remove", description = "Remove a device, and end its connection.")
    int remove(
            @Mixin AdminTarget target,
            @Parameters(paramLabel = DEVICE, converter = DeviceIdConverter.class) DeviceId device) {
        return print(target.client().ask("DELETE", path(device), ""));
    }

    private static String path(DeviceId device) {
        return PATH + "/" + device;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private int print(String answer) {
        if (!answer.isEmpty()) {
            spec.commandLine().getOut().println(answer);
        }
        return ExitCode.DONE;
    }
}
