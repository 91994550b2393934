package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoreWatchTest {
    private final StoreWatch watch = new StoreWatch();
    private long seconds;

    @Test
    void aNodeThatIsIdleIsReady() {
        look(60, 0, 0, 0);
        assertReady();
    }

    @Test
    void aNodeThatStoresIsReadyHoweverMuchIsUnderWay() {
        for (int i = 1; i <= 60; i++) {
            look(1, i, 0, 1_000_000);
        }
        assertReady();
    }

    @Test
    void aStoreThatDoesNotAnswerForTenSecondsIsTrouble() {
        look(9, 0, 0, 100);
        assertReady();
        look(2, 0, 0, 100);
        assertThat(watch.trouble(seconds * 1_000_000_000L)).contains("nothing could be stored for 10 s");
        look(1, 1, 0, 100);
        assertReady();
    }

    @Test
    void aStoreThatFailsWhatItIsGivenIsTroubleBetweenTheTriesToo() {
        look(1, 5, 0, 0);
        for (int rewinds = 1; rewinds <= 4; rewinds++) {
            look(1, 5, rewinds, 0);
            look(5, 5, rewinds, 0);
        }
        assertThat(watch.trouble(seconds * 1_000_000_000L)).isPresent();
    }

    /** Or no device would be let in that could show that all is well again. */
    @Test
    void whenNobodyTriesAnyMoreItIsForgotten() {
        look(15, 0, 1, 100);
        look(40, 0, 1, 0);
        assertReady();
    }

    private void look(int forSeconds, long acknowledged, long rewinds, long underWay) {
        for (int i = 0; i < forSeconds; i++) {
            seconds++;
            watch.look(seconds * 1_000_000_000L, acknowledged, rewinds, underWay, 0);
        }
    }

    private void assertReady() {
        assertThat(watch.trouble(seconds * 1_000_000_000L)).isEmpty();
    }
}
