package io.fleetline.devkafka.node;

/**
 * A Kafka broker in this JVM as it looks from outside its class loader, which is why it speaks in types of the JDK only.
 */
public interface HostedBroker {

    /**
     * Formats the storage if that has not been done, starts the broker and returns when it takes requests.
     *
     * @param brokersAlive how many brokers, this one included, it must know to be alive before it counts as ready
     * @throws Exception whatever kept Kafka from starting; nothing of it runs then
     */
    void start(int brokersAlive) throws Exception;

    /**
     * Hands over what it leads, if there is somebody to take it, and closes its files in good order. Its controller goes
     * on, so that others can do the same.
     */
    void stopServing();

    /** Stops its controller, and with it all that is left. */
    void leaveQuorum();

    /** Cuts all connections, ends all threads and leaves the files as a crash would have left them. */
    void kill();
}
