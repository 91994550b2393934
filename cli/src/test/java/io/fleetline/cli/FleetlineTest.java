package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FleetlineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesTheExitCodesAndSucceeds() {
        assertThat(run("--help")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .startsWith("Usage: fleetline")
                .contains("Exit codes:")
                .contains("NO_COLOR");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theVersionNamesFleetlineAndJava() {
        assertThat(run("--version")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).startsWith("fleetline ").contains("Java " + Runtime.version());
    }

    @Test
    void withoutAVerbItExplainsItself() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("fleetline: no verb").contains("Usage: fleetline");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anUnknownOptionIsNamed() {
        assertThat(run("--wait-for-me")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("Unknown option: '--wait-for-me'").contains("Try 'fleetline --help'.");
    }

    private int run(String... args) {
        return Fleetline.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
