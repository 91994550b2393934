package io.fleetline.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class LiveLineTest {
    private final StringWriter out = new StringWriter();

    private LiveLine line(boolean terminal, int columns) {
        return new LiveLine(new PrintWriter(out), terminal, columns, () -> 0);
    }

    @Test
    void onATerminalALineNeverReachesTheLastColumn() {
        line(true, 30).show("a".repeat(29));
        assertThat(out).hasToString("\r\u001b[K" + "a".repeat(29));

        out.getBuffer().setLength(0);
        LiveLine narrow = line(true, 30);
        narrow.show("a".repeat(30));
        assertThat(out).hasToString("\r\u001b[K" + "a".repeat(28) + "…");

        out.getBuffer().setLength(0);
        narrow.say("said");
        assertThat(out).hasToString("\r\u001b[Ksaid" + System.lineSeparator() + "a".repeat(28) + "…");
    }

    @Test
    void elsewhereItIsPrintedWhole() {
        line(false, 30).show("a".repeat(300));

        assertThat(out).hasToString("a".repeat(300) + System.lineSeparator());
    }

    @Test
    void aWidthThatCannotBeIsTheUsualOne() {
        assertThat(LiveLine.columns("132")).isEqualTo(132);
        assertThat(LiveLine.columns("")).isEqualTo(80);
        assertThat(LiveLine.columns("wide")).isEqualTo(80);
        assertThat(LiveLine.columns("0")).isEqualTo(80);
        assertThat(line(true, 80).room()).isEqualTo(79);
        assertThat(line(false, 80).room()).isEqualTo(Integer.MAX_VALUE);
    }
}
