package io.fleetline.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "213456.7; 213,457",
                "345.6; 346",
                "34.56; 34.6",
                "3.456; 3.46",
                "0.3456; 0.346",
                "0; 0.000",
                "-3.456; -3.46"
            })
    void aNumberHasAsManyDecimalsAsItsSizeDeserves(double value, String text) {
        assertThat(Numbers.text(value)).isEqualTo(text);
    }
}
