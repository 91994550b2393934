package io.fleetline.device;

/** Hears of every change of a client's {@link ConnectionState}. */
@FunctionalInterface
public interface ConnectionListener {
    /**
     * The state changed. Called on the runtime's application executor, one call at a time and in order for each client;
     * what it throws is logged.
     */
    void connectionChanged(ConnectionStatus status);
}
