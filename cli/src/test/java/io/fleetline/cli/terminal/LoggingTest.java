package io.fleetline.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.ingest.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** How a node's lines look, and which there are. It changes the outputs and levels of the whole process. */
@Isolated
class LoggingTest {
    private static final String OURS = "io.fleetline.some.Part";
    private static final String LIBRARY = "org.example.Library";

    private final PrintStream before = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @AfterEach
    void standardOutputAgain() {
        System.setOut(before);
        Logging.quiet();
    }

    @Test
    void elsewhereThanOnATerminalEachLineIsAJsonObject() throws Exception {
        begin(LogConfig.DEFAULTS);
        LoggerFactory.getLogger(OURS).info("took {} from \"{}\"\nat once", 7, "pump");
        LoggerFactory.getLogger(LIBRARY).info("nobody asked");
        List<String> lines = said();
        assertThat(lines).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(lines.get(0));
        assertThat(line.path("formattedMessage").asText()).isEqualTo("took 7 from \"pump\"\nat once");
        assertThat(line.path("level").asText()).isEqualTo("INFO");
        assertThat(line.path("loggerName").asText()).isEqualTo(OURS);
        assertThat(line.path("timestamp").asLong()).isPositive();
    }

    @Test
    void asTextItIsALineForPeople() {
        begin(new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.INFO, LogConfig.Level.WARN, Map.of()));
        LoggerFactory.getLogger(OURS).info("took 7");
        assertThat(said()).singleElement().asString().endsWith("took 7").contains(" INFO ");
    }

    @Test
    void levelsChangeWhileItRuns() {
        begin(LogConfig.DEFAULTS);
        LoggerFactory.getLogger(OURS).debug("one");
        Logging.levels(new LogConfig(
                LogConfig.Format.AUTO, LogConfig.Level.WARN, LogConfig.Level.OFF, Map.of(OURS, LogConfig.Level.DEBUG)));
        LoggerFactory.getLogger(OURS).debug("two");
        LoggerFactory.getLogger("io.fleetline.other.Part").info("three");
        LoggerFactory.getLogger(LIBRARY).error("four");
        Logging.levels(LogConfig.DEFAULTS);
        LoggerFactory.getLogger(OURS).debug("five");
        LoggerFactory.getLogger(LIBRARY).warn("six");
        assertThat(said()).hasSize(2);
        assertThat(said().get(0)).contains("two");
        assertThat(said().get(1)).contains("six");
    }

    private void begin(LogConfig config) {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        Logging.quiet();
        Logging.toStandardOutput(config);
    }

    private List<String> said() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
