package io.fleetline.devkafka;

import io.fleetline.devkafka.node.BrokerPorts;
import io.fleetline.devkafka.node.PortWish;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One life of one broker, from the opening of its sockets to its end, wherever it runs. */
interface Broker {

    /** Opens the sockets. Comes first; no other broker may be told of the ports before. */
    CompletableFuture<BrokerPorts> open(PortWish wish);

    /**
     * Starts it.
     *
     * @param settings Kafka's, complete
     * @param clusterId what the storage is or becomes formatted with
     * @param brokersAlive how many brokers, this one included, it must know to be alive before it counts as ready
     * @return done once it is ready; fails with a sentence when that cannot come about any more
     */
    CompletableFuture<Void> start(Map<String, String> settings, String clusterId, int brokersAlive);

    /**
     * Begins to stop it in good order: it hands over what it leads and closes its files. Its controller goes on, so that
     * others can do the same.
     *
     * @return done once its files are closed
     */
    CompletableFuture<Void> stopServing();

    /**
     * Begins to end what is left of it after {@link #stopServing}.
     *
     * @param othersGoOn whether the quorum is to be left in good order
     * @return done once it has ended
     */
    CompletableFuture<Void> leave(boolean othersGoOn);

    /** Ends it at once. */
    void kill();

    void pause();

    void resume();

    boolean isRunning();

    long processId();
}
