package io.fleetline.cli.admin;

import io.fleetline.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is the same for devices and tenants: both lie in one backup. */
public final class BackupVerbs {
    private BackupVerbs() {}

    /** Writes a backup. */
    @Command(name = "export", description = "Write all tenants and devices into a new file, as a backup.")
    public static final class Export implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private AdminTarget target = new AdminTarget();

        @Parameters(paramLabel = "FILE")
        private Path file = Path.of("");

        @Override
        public Integer call() {
            spec.commandLine().getOut().println("{\"lines\":" + Transfer.export(target.client(), file) + "}");
            return ExitCode.DONE;
        }
    }

    /** Takes a backup. */
    @Command(name = "import", description = "Take what export wrote; what is there already is replaced.")
    public static final class Import implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private AdminTarget target = new AdminTarget();

        @Parameters(paramLabel = "FILE")
        private Path file = Path.of("");

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(Transfer.restore(target.client(), file));
            return ExitCode.DONE;
        }
    }
}
