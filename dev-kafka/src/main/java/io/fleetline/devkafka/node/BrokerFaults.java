package io.fleetline.devkafka.node;

import kafka.server.FaultHandlerFactory;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens when a broker cannot go on: whoever hosts it is told, where Kafka would end the JVM. */
final class BrokerFaults implements FaultHandlerFactory {

    private final BrokerScope scope;

    BrokerFaults(BrokerScope scope) {
        this.scope = scope;
    }

    /** Catches those parts of Kafka that end the JVM without asking a fault handler. */
    static void takeOverExits() {
        Exit.setExitProcedure(BrokerFaults::exit);
        Exit.setHaltProcedure(BrokerFaults::exit);
    }

    @Override
    public FaultHandler build(String name, boolean fatal, Runnable action) {
        return fatal ? fatalFaults(name, action) : new LoggingFaultHandler(name, action);
    }

    private FaultHandler fatalFaults(String name, Runnable action) {
        return (message, cause) -> {
            log().error("Encountered fatal fault ({}): {}", name, message, cause);
            action.run();
            scope.onDeath().accept(name + ": " + message + (cause == null ? "" : ": " + cause));
            return new IllegalStateException(message, cause);
        };
    }

    private static void exit(int status, @Nullable String message) {
        String reason = "Kafka asked for the end of the process with status " + status
                + (message == null ? "" : ": " + message);
        BrokerScope scope = BrokerScope.current();
        if (scope != null) {
            log().error(reason);
            scope.onDeath().accept(reason);
        }
        // Whoever calls this counts on its not returning.
        throw new IllegalStateException(reason);
    }

    /** Not a constant: SLF4J must not be touched before a thread with a scope runs. */
    private static Logger log() {
        return LoggerFactory.getLogger(BrokerFaults.class);
    }
}
