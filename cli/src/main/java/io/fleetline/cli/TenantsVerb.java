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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at and changes the tenants of the registry. */
@Command(
        name = "tenants",
        description = {
            "Say whom a tenant trusts, and make enrolment tokens for its new devices, through a node's admin API.",
            "Prints what the node answers: JSON on one line. A token is shown once, when it is made."
        },
        synopsisSubcommandLabel = "(add | list | show | disable | enable | enrol | rotate | remove | import | export)",
        subcommands = {BackupVerbs.Export.class, BackupVerbs.Import.class})
final class TenantsVerb implements Runnable {
    private static final String PATH = "/api/v1/tenants";
    private static final String TENANT = "TENANT";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** None of them. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "tenants needs one of its verbs");
    }

    @Command(name = "add", description = "Add a tenant, or say anew whom it trusts.")
    int add(
            @Mixin AdminTarget target,
            @Parameters(paramLabel = TENANT) String tenant,
            @Option(
                            names = "--trust",
                            paramLabel = "FILE",
                            description = "Issuers, authorities and revoked certificates as JSON, as the admin API's"
                                    + " PUT /api/v1/tenants/TENANT takes it; without it nobody is trusted.")
                    @Nullable Path trust) {
        try {
            String body = trust == null ? "{}" : Files.readString(trust);
            return print(target.client().ask("PUT", PATH + "/" + tenant, body));
        } catch (IOException e) {
            throw new CliFailure("cannot read " + trust + ": " + FileTrouble.describe(e), e);
        }
    }

    @Command(name = "list", description = "List tenants of which something was said.")
    int list(@Mixin AdminTarget target) throws IOException {
        JsonNode answer = JSON.readTree(target.client().ask("GET", PATH, ""));
        answer.path("tenants").forEach(tenant -> print(tenant.toString()));
        return ExitCode.DONE;
    }

    @Command(name = "show", description = "Show a tenant.")
    int show(@Mixin AdminTarget target, @Parameters(paramLabel = TENANT) String tenant) {
        return print(target.client().ask("GET", PATH + "/" + tenant, ""));
    }

    @Command(name = "disable", description = "Refuse all devices of a tenant, and end their connections.")
    int disable(@Mixin AdminTarget target, @Parameters(paramLabel = TENANT) String tenant) {
        return print(target.client().ask("PATCH", PATH + "/" + tenant, "{\"disabled\":true}"));
    }

    @Command(name = "enable", description = "Let a tenant's devices come again.")
    int enable(@Mixin AdminTarget target, @Parameters(paramLabel = TENANT) String tenant) {
        return print(target.client().ask("PATCH", PATH + "/" + tenant, "{\"disabled\":false}"));
    }

    @Command(name = "enrol", description = "Make a token that new devices trade for a secret of their own, each once.")
    int enrol(
            @Mixin AdminTarget target,
            @Parameters(index = "0", paramLabel = TENANT) String tenant,
            @Parameters(index = "1", paramLabel = "ID", description = "What to call the token.") String id,
            @Option(
                            names = "--pattern",
                            paramLabel = "PATTERN",
                            required = true,
                            description = "Which devices: a name in which * stands for any characters.")
                    String pattern,
            @Option(names = "--disabled", description = "New devices begin disabled.") boolean disabled) {
        return print(makeToken(target.client(), tenant, id, pattern, disabled));
    }

    @Command(name = "rotate", description = "Replace an enrolment token by a new one of the same id, at once.")
    int rotate(
            @Mixin AdminTarget target,
            @Parameters(index = "0", paramLabel = TENANT) String tenant,
            @Parameters(index = "1", paramLabel = "ID") String id)
            throws IOException {
        AdminClient client = target.client();
        for (JsonNode known :
                JSON.readTree(client.ask("GET", PATH + "/" + tenant, "")).path("enrolments")) {
            if (known.path("id").asText().equals(id)) {
                client.ask("DELETE", PATH + "/" + tenant + "/enrolments/" + id, "");
                return print(makeToken(
                        client,
                        tenant,
                        id,
                        known.path("pattern").asText(),
                        known.path("newDevicesDisabled").asBoolean()));
            }
        }
        throw new CliFailure("tenant " + tenant + " has no enrolment token " + id);
    }

    private static String makeToken(AdminClient client, String tenant, String id, String pattern, boolean disabled) {
        ObjectNode body =
                JSON.createObjectNode().put("id", id).put("pattern", pattern).put("disabled", disabled);
        return client.ask("POST", PATH + "/" + tenant + "/enrolments", body.toString());
    }

    @Command(name = "remove", description = "Forget what was said of a tenant; its devices stay.")
    int remove(@Mixin AdminTarget target, @Parameters(paramLabel = TENANT) String tenant) {
        return print(target.client().ask("DELETE", PATH + "/" + tenant, ""));
    }

    private int print(String answer) {
        if (!answer.isEmpty()) {
            spec.commandLine().getOut().println(answer);
        }
        return ExitCode.DONE;
    }
}
