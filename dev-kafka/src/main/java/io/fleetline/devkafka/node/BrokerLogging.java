package io.fleetline.devkafka.node;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What SLF4J logs through where a broker runs. It is not registered in {@code META-INF/services}, so that no application
 * that has this module on its class path finds it: a broker's class loader or command line names it.
 */
public final class BrokerLogging implements SLF4JServiceProvider, ILoggerFactory {

    /** Loggers that repeat at INFO what nobody reads in a broker that is up for minutes. */
    private static final Map<String, Level> THRESHOLDS =
            Map.of("state.change.logger", Level.WARN, "org.apache.kafka.common.config.AbstractConfig", Level.WARN);

    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new NOPMDCAdapter();

    /** For SLF4J, which makes one by reflection. */
    public BrokerLogging() {}

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(
                name, unknown -> new BrokerLogger(unknown, THRESHOLDS.getOrDefault(unknown, Level.INFO)));
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return this;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}
}
