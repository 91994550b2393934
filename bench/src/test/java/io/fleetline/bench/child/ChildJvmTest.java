package io.fleetline.bench.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.machine.Procfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildJvmTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Played in the child process. */
    public static final class Parrot implements Role {
        /** For the child process. */
        public Parrot() {}

        @Override
        public Object answer(String verb, JsonNode arguments) throws IOException {
            System.out.println("chatter that must not be taken for an answer");
            return switch (verb) {
                case "repeat" -> Map.of("said", arguments.path("text").asText());
                case "property" -> Map.of("value", System.getProperty("bench.word", ""));
                case "complain" -> throw new IOException("the cage is locked");
                case "die" -> {
                    Runtime.getRuntime().halt(7);
                    throw new AssertionError();
                }
                default -> throw new IllegalArgumentException("unknown verb " + verb);
            };
        }

        @Override
        public void close() {}
    }

    @Test
    void aChildAnswersWhatItIsAsked() throws Exception {
        try (Workspace workspace = Workspace.create()) {
            ChildJvm child = workspace.start("parrot", Parrot.class, List.of("-Xmx64m"));
            JsonNode answer = child.ask("repeat", Map.of("text", "two\nlines, \"quoted\" µ"), PATIENCE);
            assertThat(answer.path("said").asText()).isEqualTo("two\nlines, \"quoted\" µ");
            assertThat(child.cpu(Procfs.ofThisMachine())).isPositive();
        }
    }

    @Test
    void optionsReachTheChildsJvmAsTheyAre() throws Exception {
        try (Workspace workspace = Workspace.create()) {
            String word = "with space, \"quote\" and back\\slash";
            ChildJvm child = workspace.start("parrot", Parrot.class, List.of("-Xmx64m", "-Dbench.word=" + word));
            assertThat(child.ask("property", Map.of(), PATIENCE).path("value").asText())
                    .isEqualTo(word);
        }
    }

    @Test
    void aSystemPropertyGivesAChildFurtherOptions() throws Exception {
        System.setProperty(Workspace.JVM_OF + "parrot", " -Xmx64m  -Dbench.word=profiled ");
        try (Workspace workspace = Workspace.create()) {
            ChildJvm child = workspace.start("parrot", Parrot.class, List.of("-Dbench.word=plain"));
            assertThat(child.ask("property", Map.of(), PATIENCE).path("value").asText())
                    .isEqualTo("profiled");
        } finally {
            System.clearProperty(Workspace.JVM_OF + "parrot");
        }
    }

    @Test
    void whatTheVirtualMachineSaysIsNotTakenForAnAnswer() throws Exception {
        try (Workspace workspace = Workspace.create()) {
            List<String> talkative = List.of("-Xmx64m", "-XX:+PrintCommandLineFlags");
            ChildJvm child = workspace.start("parrot", Parrot.class, talkative);
            assertThat(child.ask("repeat", Map.of("text", "hello"), PATIENCE)
                            .path("said")
                            .asText())
                    .isEqualTo("hello");
        }
    }

    @Test
    void whatAChildCannotDoIsSaidWithItsNameAndReason() throws Exception {
        try (Workspace workspace = Workspace.create()) {
            ChildJvm child = workspace.start("parrot", Parrot.class, List.of("-Xmx64m"));
            assertThatThrownBy(() -> child.ask("complain", Map.of(), PATIENCE))
                    .isInstanceOf(ChildException.class)
                    .hasMessageContaining("parrot could not complain")
                    .hasMessageContaining("the cage is locked");
            assertThat(child.ask("repeat", Map.of("text", "still here"), PATIENCE)
                            .path("said")
                            .asText())
                    .isEqualTo("still here");
        }
    }

    @Test
    void aChildThatEndsIsNoticedAtOnce() throws Exception {
        try (Workspace workspace = Workspace.create()) {
            ChildJvm child = workspace.start("parrot", Parrot.class, List.of("-Xmx64m"));
            assertThatThrownBy(() -> child.ask("die", Map.of(), PATIENCE)).hasMessageContaining("exit 7");
        }
    }

    @Test
    void closingTheWorkspaceEndsTheChildAndRemovesItsFiles() throws Exception {
        Workspace workspace = Workspace.create();
        ChildJvm child = workspace.start("parrot", Parrot.class, List.of("-Xmx64m"));
        child.ask("repeat", Map.of("text", "hello"), PATIENCE);
        Path directory = workspace.directory();
        ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();
        workspace.close();
        process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(Files.exists(directory)).isFalse();
    }
}
