package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.cli.dev.DevAuthority;
import io.fleetline.cli.terminal.ExitCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code server} says of a configuration without starting anything; a node that runs is tried by other tests. */
class ServerVerbTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void aGoodConfigurationIsCheckedWithoutAWord() throws IOException {
        assertThat(run("node: a\n", "--check")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString() + err).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidWithItsLineAndTheNearestName() throws IOException {
        assertThat(run("node: a\nlistener:\n  prot: 1\n", "--check")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().trim())
                .startsWith("fleetline: ")
                .endsWith("line 3: unknown key listener.prot; did you mean port?");
    }

    @Test
    void theWholeConfigurationIsPrintedWithWhatIsSetBesideTheFileAndWithoutSecrets() throws IOException {
        int exit = run(
                "kafka:\n  client:\n    sasl.jaas.config: hush\n",
                "--print-config",
                "--set",
                "listener.port=443",
                "--set",
                "log.levels.org.eclipse.jetty=debug");
        assertThat(exit).as(err.toString()).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .contains(
                        "port: 443", "sasl.jaas.config: \"***\"", "org.eclipse.jetty: \"DEBUG\"", "drainTime: \"10s\"")
                .doesNotContain("hush");
    }

    @Test
    void certificatesAndKeysAreCheckedToo() throws IOException {
        DevAuthority one = DevAuthority.open(Files.createDirectory(directory.resolve("one")), Clock.systemUTC());
        DevAuthority other = DevAuthority.open(Files.createDirectory(directory.resolve("other")), Clock.systemUTC());
        assertThat(run(tls(one.serverChain(), one.serverKey()), "--check")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString() + err).isEmpty();

        assertThat(run(tls(one.serverChain(), other.serverKey()), "--check")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .startsWith("fleetline: listener.tls.key: " + other.serverKey() + " has another key than that of");
    }

    @Test
    void whatTheNodeWouldNotReachIsMissingInTheCheck() throws IOException {
        Path missing = directory.resolve("missing.pem");
        assertThat(run(
                        "kafka:\n  client:\n    security.protocol: SSL\n    ssl.truststore.type: PEM\n"
                                + "    ssl.truststore.location: " + missing + "\n",
                        "--check"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().trim())
                .isEqualTo("fleetline: kafka.client.ssl.truststore.location: there is no file " + missing);
    }

    private static String tls(Path certificates, Path key) {
        return "listener:\n  tls:\n    certificates: " + certificates + "\n    key: " + key + "\n";
    }

    private int run(String yaml, String... options) throws IOException {
        Path file = Files.writeString(directory.resolve("node.yaml"), yaml);
        String[] arguments = new String[options.length + 3];
        arguments[0] = "server";
        arguments[1] = "--config";
        arguments[2] = file.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return Fleetline.run(buffered(out), buffered(err), arguments);
    }

    /** As the real one: what is not flushed is lost when the JVM ends. */
    private static PrintWriter buffered(StringWriter to) {
        return new PrintWriter(new BufferedWriter(to), true);
    }
}
