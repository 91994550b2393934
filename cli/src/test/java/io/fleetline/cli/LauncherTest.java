package io.fleetline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class LauncherTest {
    @TempDir
    private Path base;

    private ScratchSourceTree tree;

    @BeforeEach
    void layOutASourceTree() throws IOException {
        base = base.toRealPath();
        tree = new ScratchSourceTree(base);
    }

    @Test
    void theFirstUseBuildsAndRunsTheCommandWithItsArguments() throws Exception {
        ScratchSourceTree.Result result = tree.run("command", "demo/host", "{\"a b\": 1}");

        assertThat(result.err()).startsWith("fleetline: building").hasLineCount(1);
        assertThat(result.exitCode()).isZero();
        Path build = tree.root().resolve("cli/target/launch/build-1");
        assertThat(result.out())
                .contains("<-cp><" + build + "/fleetline-cli.jar:" + build + "/fleetline-protocol-1.jar:" + base
                        + "/third party.jar>")
                .endsWith("<io.fleetline.cli.Fleetline><command><demo/host><{\"a b\": 1}>\n");
        assertThat(build.resolve("fleetline-protocol-1.jar")).hasContent("b");
    }

    @Test
    void whatIsBuiltIsNotBuiltAgain() throws Exception {
        tree.run("--help");
        ScratchSourceTree.Result second = tree.run("--help");

        assertThat(second.err()).isEmpty();
        assertThat(tree.builds()).isEqualTo(1);
    }

    @Test
    void aNewerSourceIsBuiltIntoADirectoryOfItsOwn() throws Exception {
        tree.run("--help");
        ScratchSourceTree.age(tree.root(), Duration.ofMinutes(1));
        tree.write("protocol/src/main/java/New.java", "class New {}");

        assertThat(tree.run("--help").out()).contains("/build-2/fleetline-cli.jar");
        assertThat(tree.root().resolve("cli/target/launch/build-1/fleetline-cli.jar"))
                .exists();
    }

    @Test
    void aRemovedSourceIsNoticed() throws Exception {
        tree.run("--help");
        ScratchSourceTree.age(tree.root(), Duration.ofMinutes(1));
        Files.delete(tree.root().resolve("cli/src/main/java/Some.java"));

        tree.run("--help");

        assertThat(tree.builds()).isEqualTo(2);
    }

    @Test
    void aLibraryThatIsGoneFromTheLocalRepositoryIsBroughtBack() throws Exception {
        tree.run("--help");
        Files.delete(base.resolve("third party.jar"));

        tree.run("--help");

        assertThat(tree.builds()).isEqualTo(2);
        assertThat(base.resolve("third party.jar")).exists();
    }

    @Test
    void onlyTheLastThreeBuildsAreKept() throws Exception {
        for (int i = 0; i < 5; i++) {
            Files.deleteIfExists(base.resolve("third party.jar"));
            tree.run("--help");
        }

        try (var builds = Files.list(tree.root().resolve("cli/target/launch"))) {
            assertThat(builds.map(path -> path.getFileName().toString()).filter(name -> name.startsWith("build-")))
                    .containsExactlyInAnyOrder("build-3", "build-4", "build-5");
        }
    }

    @Test
    void ofFiveFirstUsesAtOnceOneBuildsAndAllRun() throws Exception {
        tree.write("waits", "");
        List<Process> uses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            uses.add(tree.start(base, tree.root().resolve("fleetline"), "tail"));
        }
        tree.write("go", "");

        for (Process use : uses) {
            ScratchSourceTree.Result result = ScratchSourceTree.finish(use);
            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(result.out()).contains("/build-1/fleetline-cli.jar").endsWith("<tail>\n");
        }
        assertThat(tree.builds()).isEqualTo(1);
        assertThat(tree.root().resolve("cli/target/launch/lock")).doesNotExist();
    }

    @Test
    void aLockWhoseHolderDiedIsTakenOver() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path launch = Files.createDirectories(tree.root().resolve("cli/target/launch"));
        Files.createSymbolicLink(launch.resolve("lock"), Path.of(Long.toString(dead.pid())));

        assertThat(tree.run("tail").exitCode()).isZero();
    }

    @Test
    void itRunsFromAnywhereAndThroughSymbolicLinks() throws Exception {
        Path bin = Files.createDirectories(base.resolve("somebody's bin"));
        Files.createSymbolicLink(bin.resolve("fl"), Path.of("../source tree/fleetline"));
        Files.createSymbolicLink(bin.resolve("fleet"), bin.resolve("fl"));

        ScratchSourceTree.Result result = tree.run(bin, bin.resolve("fleet"), "tail");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains(tree.root() + "/cli/target/launch/build-1/fleetline-cli.jar");
    }

    @Test
    void aJdkThatIsTooOldIsNamed() throws Exception {
        Path home = tree.useJdk("11.0.2");

        assertRefusal(home + "/bin/java is Java 11.0.2, Fleetline needs a JDK 17 or newer: set JAVA_HOME to one");
    }

    @Test
    void theOldWayOfNumberingIsUnderstood() throws Exception {
        Path home = tree.useJdk("1.8.0_402");

        assertRefusal(home + "/bin/java is Java 1.8.0_402, Fleetline needs a JDK 17 or newer: set JAVA_HOME to one");
    }

    @Test
    void aJdkWithoutAReleaseFileIsAsked() throws Exception {
        Path home = tree.useJdk("16.0.1");
        Files.delete(home.resolve("release"));

        assertRefusal(home + "/bin/java is Java 16.0.1, Fleetline needs a JDK 17 or newer: set JAVA_HOME to one");
    }

    @Test
    void aJavaHomeThatIsNoneIsNamed() throws Exception {
        tree.environment("JAVA_HOME", "/nowhere");

        assertRefusal("JAVA_HOME is /nowhere, but there is no bin/java in it; set it to a JDK 17 or newer");
    }

    @Test
    void withoutJavaItSaysSo() throws Exception {
        tree.environment("JAVA_HOME", null);
        tree.environment("PATH", toolsWithoutJava());

        assertRefusal("found no java: set JAVA_HOME to a JDK 17 or newer, or put one on PATH");
    }

    @Test
    void theJavaOnThePathServesWhenJavaHomeIsNotSet() throws Exception {
        Path home = tree.useJdk("21");
        tree.environment("JAVA_HOME", null);
        tree.environment("PATH", base.resolve("tools") + ":" + home.resolve("bin") + ":/usr/bin:/bin");

        assertThat(tree.run("tail").out()).endsWith("<io.fleetline.cli.Fleetline><tail>\n");
    }

    @Test
    void aJavaWithoutACompilerIsRefusedWhenThereIsSomethingToBuild() throws Exception {
        Path home = tree.useJdk("17.0.15");
        Files.delete(home.resolve("bin/javac"));

        assertRefusal(home + "/bin has no javac: Fleetline must be built first, which takes a JDK 17 or newer, not only"
                + " a JRE");
    }

    @Test
    void withoutMavenItSaysSo() throws Exception {
        tree.removeMaven();
        tree.environment("PATH", toolsWithoutJava());

        assertRefusal("found no mvn: Fleetline must be built first, which takes Maven 3.8.7 or newer on PATH");
    }

    @Test
    void aBuildThatFailsLeavesNothingThatLooksBuilt() throws Exception {
        tree.write("broken", "");
        ScratchSourceTree.Result failed = tree.run("tail");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("it does not compile").contains("fleetline: the build failed, see above");
        assertThat(failed.out()).isEmpty();

        Files.delete(tree.root().resolve("broken"));
        assertThat(tree.run("tail").exitCode()).isZero();
    }

    @Test
    void optionsThatOnlyNewJvmsKnowGoToThemAlone() throws Exception {
        assertThat(tree.run("server").out()).doesNotContain("sun-misc-unsafe").contains("<-XX:+UseParallelGC>");
        assertThat(tree.run("capacity").out()).contains("<-XX:+UseParallelGC>").doesNotContain("TieredStopAtLevel");
        tree.useJdk("25.0.1");
        assertThat(tree.run("tail").out())
                .contains("<--sun-misc-unsafe-memory-access=allow>")
                .contains("<-XX:TieredStopAtLevel=1>");
    }

    @Test
    void theUsersOptionsReachTheJvm() throws Exception {
        tree.environment("FLEETLINE_JAVA_OPTS", "-Xmx300m -Da=b");

        assertThat(tree.run("tail").out()).contains("<-Xmx300m><-Da=b><-cp>");
    }

    private void assertRefusal(String sentence) throws Exception {
        ScratchSourceTree.Result result = tree.run("tail");
        assertThat(result.err().lines()).last().isEqualTo("fleetline: " + sentence);
        assertThat(result.err().lines().filter(line -> !line.startsWith("fleetline: ")))
                .isEmpty();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
    }

    /** The commands that the launcher uses, and neither java nor mvn, which may lie beside them in /usr/bin. */
    private String toolsWithoutJava() throws IOException {
        Path directory = Files.createDirectories(base.resolve("only tools"));
        for (String tool : List.of(
                "sh",
                "readlink",
                "dirname",
                "sed",
                "find",
                "head",
                "tail",
                "ls",
                "ln",
                "cat",
                "cp",
                "mv",
                "rm",
                "rmdir",
                "mkdir",
                "sort",
                "touch",
                "sleep")) {
            Path found = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
            Files.createSymbolicLink(directory.resolve(tool), found);
        }
        return directory.toString();
    }
}
