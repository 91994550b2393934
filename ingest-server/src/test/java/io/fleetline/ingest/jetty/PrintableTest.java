package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a peer writes into a log is one line that can be believed. */
class PrintableTest {
    private static final int MAX_CHARS = 256;

    @Test
    void lettersOfAnyAlphabetStay() {
        assertThat(Printable.of("pump-7 läuft, Насос 7, 泵")).isEqualTo("pump-7 läuft, Насос 7, 泵");
        assertThat(Printable.of("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "000a, a line that the peer invents",
        "000d, the same on some terminals",
        "0000, an end to some readers",
        "001b, the begin of what a terminal obeys",
        "009b, the same in one byte",
        "007f, delete",
        "0085, next line",
        "2028, line separator",
        "2029, paragraph separator",
        "202e, turns the order of what follows round",
        "2066, the same in its own way",
        "200b, nothing to be seen",
        "feff, nothing to be seen",
        "d83d, half a character",
        "dc4d, the other half"
    })
    void whatIsNoTextIsWrittenAsItsNumber(String code, String why) {
        char c = (char) Integer.parseInt(code, 16);
        assertThat(Printable.of("a" + c + "b")).as(why).isEqualTo("a\\u" + code + "b");
    }

    @Test
    void whatIsTooLongIsCutWithAMark() {
        assertThat(Printable.of("x".repeat(MAX_CHARS))).isEqualTo("x".repeat(MAX_CHARS));
        assertThat(Printable.of("x".repeat(MAX_CHARS + 1))).isEqualTo("x".repeat(MAX_CHARS) + "…");
    }

    @Test
    void whatBecomesTooLongByItsNumbersIsCutBetweenThem() {
        String line = Printable.of("\n".repeat(100));
        assertThat(line).hasSizeLessThanOrEqualTo(MAX_CHARS + 1).endsWith("\\u000a…");
    }

    @Test
    void whateverComesTheLineIsShortAndHasNothingThatATerminalObeys() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            char[] chars = new char[random.nextInt(2 * MAX_CHARS)];
            Arrays.setAll(
                    new int[chars.length], i -> chars[i] = (char) random.nextInt(random.nextBoolean() ? 256 : 65_536));
            String line = Printable.of(new String(chars));
            assertThat(line.length()).as("seed %d", seed).isLessThanOrEqualTo(MAX_CHARS + 1);
            assertThat(line.chars().filter(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT))
                    .as("seed %d", seed)
                    .isEmpty();
            assertThat(line.lines().count()).as("seed %d", seed).isLessThanOrEqualTo(1);
        }
    }
}
