package io.fleetline.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeviceRuntimeTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void aRuntimeEndsEveryClientThatStillUsesIt() throws Exception {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        try (DeviceRuntime runtime = DeviceRuntime.create()) {
            for (int i = 0; i < 200; i++) {
                DeviceClient client = DeviceClient.builder()
                        .runtime(runtime)
                        .endpoint(URI.create("ws://127.0.0.1:1"))
                        .identity(DeviceId.parse("acme/d" + i))
                        .secret("s3cret")
                        .build();
                receipts.add(client.start().publish("t", i).toCompletableFuture());
            }
        }
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThatThrownBy(() -> receipt.get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ClientClosedException.class);
        }
    }

    @Test
    void allThatEndAreWaitedForInWhateverOrderTheyDo() {
        List<CompletableFuture<Void>> ends = ends(3);
        // The last in the list ends first, and one of them badly: that is an end as well.
        ends.get(2).complete(null);
        ends.get(1).completeExceptionally(new CompletionException(new IllegalStateException()));
        ends.get(0).complete(null);
        assertThat(DeviceRuntime.awaitAll(ends, LONG)).isTrue();
    }

    @Test
    void aClientThatDoesNotEndIsNotWaitedForForEver() {
        List<CompletableFuture<Void>> ends = ends(3);
        ends.get(1).complete(null);
        assertThat(DeviceRuntime.awaitAll(ends, Duration.ofMillis(10))).isFalse();
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThat(DeviceRuntime.awaitAll(ends(1), LONG)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    private static List<CompletableFuture<Void>> ends(int count) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ends.add(new CompletableFuture<>());
        }
        return ends;
    }
}
