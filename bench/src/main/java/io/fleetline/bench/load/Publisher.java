package io.fleetline.bench.load;

import java.util.concurrent.CompletableFuture;

/** One connection that has an endless supply of messages, each of which is answered. Thread-safe. */
interface Publisher {
    /** Keeps so many events in flight from now on, or as many as the other side allows. */
    void publish(long limit);

    /** Nothing more is published; completes when everything is answered. */
    CompletableFuture<Void> pause();

    /** How many events have been answered so far. */
    long acknowledged();

    /** How many messages that took. */
    long acks();
}
