package io.fleetline.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive as an operator gets it: whether what starts from it finds all its classes. */
class ArchiveTest {
    private static final long MOST_SECONDS = 120;

    /** What jdeps says of a class that is in none of the jars. */
    private static final Pattern MISSING = Pattern.compile("\\s+(\\S+)\\s+-> (\\S+)\\s+not found");

    /** What may be missing: the class that mentions it, and what it mentions. */
    private record MayBeMissing(Pattern user, Pattern missing) {
        static MayBeMissing of(String user, String missing) {
            return new MayBeMissing(Pattern.compile(user), Pattern.compile(missing));
        }

        boolean covers(String from, String to) {
            return user.matcher(from).matches() && missing.matcher(to).matches();
        }
    }

    private static final List<MayBeMissing> MAY_BE_MISSING = List.of(
            // The verbs for trying out, of which an installed node has none.
            MayBeMissing.of(
                    "io\\.fleetline\\.cli\\.((capacity|dev|exact|simulate)\\..*"
                            + "|(Bench|Capacity|Dev|Exact|Prove|Sensor|Simulate|SimulateShare)Verb(\\$.*)?)",
                    "(io\\.fleetline\\.(bench|device|devkafka|examples|simulator)|org\\.bouncycastle)\\..*"),
            // Annotations that say something to compilers only.
            MayBeMissing.of(".*", "javax\\.annotation\\.(Nullable|Nonnull|meta\\..*)"),
            // Keys in PEM of forms that Java does not read by itself; the node reads JWKs.
            MayBeMissing.of("com\\.nimbusds\\.jose\\..*", "org\\.bouncycastle\\..*"),
            // An estimate of pauses that the node does not ask for.
            MayBeMissing.of("io\\.micrometer\\.core\\.instrument\\.AbstractTimer", "org\\.LatencyUtils\\..*"),
            // Exemplars out of traces, of which there are none.
            MayBeMissing.of(
                    "io\\.prometheus\\.metrics\\.core\\.exemplars\\.ExemplarSampler",
                    "io\\.prometheus\\.metrics\\.tracer\\.initializer\\.SpanContextSupplier"));

    @TempDir
    private static Path directory;

    private static Path home;

    @BeforeAll
    static void unpack() throws IOException {
        String archive = System.getProperty("fleetline.archive");
        assertThat(archive).as("-Dfleetline.archive").isNotNull();
        Outcome unpacked = run(List.of("tar", "-xzf", archive, "-C", directory.toString()));
        assertThat(unpacked.exitCode()).as(unpacked.output()).isZero();
        try (Stream<Path> roots = Files.list(directory)) {
            home = roots.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    @Test
    void theNodeAndItsCommandsFindAllClassesThatTheyMayNeed() throws IOException {
        assertThat(missing("fleetline-cli-", jars("lib"), "--recursive")).isEmpty();
    }

    /** Only what it mentions itself: what lies behind that is the node's, too, or Kafka Streams' own affair. */
    @Test
    void theExactStageFindsAllClassesThatItMentions() throws IOException {
        List<Path> jars = new ArrayList<>(jars("lib/exact"));
        jars.addAll(jars("lib"));
        assertThat(missing("fleetline-exact-stage-", jars)).isEmpty();
    }

    @Test
    void theNodeStartsAsFarAsItCanWithoutAKafka() throws IOException {
        Path config = Files.writeString(directory.resolve("node.yaml"), "node: node-1\n");
        Outcome outcome = run(List.of(
                home.resolve("bin/fleetline").toString(),
                "server",
                "--config",
                config.toString(),
                "--set",
                "kafka.client.security.protocol=telepathy"));
        assertThat(outcome.output())
                .contains("fleetline: the node did not start: ", "telepathy", "security.protocol")
                .doesNotContain("NoClassDefFoundError", "ClassNotFoundException");
        assertThat(outcome.exitCode()).isOne();
    }

    @Test
    void theConfigurationThatComesWithItIsTakenAndPrinted() throws IOException {
        Outcome outcome = run(List.of(
                home.resolve("bin/fleetline").toString(),
                "server",
                "--config",
                home.resolve("conf/fleetline.yaml").toString(),
                "--print-config"));
        assertThat(outcome.output()).contains("node: \"node-1\"", "bootstrapServers: \"kafka-1:9092,");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void theExactStageStartsAsFarAsItCanWithoutAKafka() throws IOException {
        Outcome outcome = run(List.of(
                home.resolve("bin/exact-stage").toString(),
                "bootstrap=nowhere",
                "state=" + directory.resolve("state"),
                "metrics-port=0"));
        assertThat(outcome.output()).contains("the exact stage did not start: Invalid url in bootstrap.servers");
        assertThat(outcome.exitCode()).isOne();
    }

    /** Who needs what that is not there, beginning with the classes of a jar. */
    private static List<String> missing(String root, List<Path> classPath, String... options) {
        Path jar = classPath.stream()
                .filter(each -> each.getFileName().toString().startsWith(root))
                .findFirst()
                .orElseThrow();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of(
                "--multi-release",
                "17",
                "--missing-deps",
                "--class-path",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                jar.toString()));
        int exitCode = jdeps.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        assertThat(exitCode).as(out.toString() + err).isZero();
        List<String> missing = new ArrayList<>();
        for (String line : out.toString().lines().toList()) {
            Matcher match = MISSING.matcher(line);
            if (match.matches()) {
                if (MAY_BE_MISSING.stream().noneMatch(may -> may.covers(match.group(1), match.group(2)))) {
                    missing.add(match.group(1) + " needs " + match.group(2));
                }
            } else {
                assertThat(line).as("a jar that lacks something").endsWith(" -> not found");
            }
        }
        return missing;
    }

    private static List<Path> jars(String folder) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(folder))) {
            return files.filter(each -> each.toString().endsWith(".jar")).toList();
        }
    }

    private record Outcome(int exitCode, String output) {}

    private static Outcome run(List<String> command) throws IOException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("FLEETLINE_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
