package io.fleetline.system.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same as {@link DeliveryTest}, on so many histories that the rare ones are among them: a million with new seeds, or
 * what the properties of {@link LongRun} say.
 */
@Tag("long")
class LongDeliveryTest {
    @Test
    void thePromiseHoldsInAMillionHistories() throws InterruptedException {
        LongRun run = LongRun.asConfigured();
        run.play();
        assertThat(run.failures()).isEmpty();
    }
}
