package io.fleetline.system.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same as {@link DeliveryTest}, on so many histories that the rare ones are among them: a million, or as many as the
 * property {@code fleetline.histories} says, from the seed {@code fleetline.first} on, on all processors.
 */
@Tag("long")
class LongDeliveryTest {
    @Test
    void thePromiseHoldsInAMillionHistories() throws InterruptedException {
        LongRun run = new LongRun(Long.getLong("fleetline.first", 1), Long.getLong("fleetline.histories", 1_000_000));
        run.play(Integer.getInteger("fleetline.threads", Runtime.getRuntime().availableProcessors()));
        assertThat(run.failures()).isEmpty();
    }
}
