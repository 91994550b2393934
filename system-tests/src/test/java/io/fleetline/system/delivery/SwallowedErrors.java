package io.fleetline.system.delivery;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * What the real parts catch and log, so that one device's trouble does not become that of others, ends a history here. All
 * else that they would log is left out.
 */
final class SwallowedErrors extends AppenderBase<ILoggingEvent> {
    private static final ThreadLocal<World> PLAYING = new ThreadLocal<>();

    /** Those who catch what others throw. */
    private static final List<String> CATCHERS = List.of(
            "io.fleetline.device.internal.connection.ConnectionLoop",
            "io.fleetline.device.internal.connection.SerialExecutor",
            "io.fleetline.ingest.telemetry.RoundQueue");

    static {
        for (String part : List.of("io.fleetline.device", "io.fleetline.ingest", "io.fleetline.backend")) {
            ((Logger) LoggerFactory.getLogger(part)).setLevel(Level.OFF);
        }
        SwallowedErrors appender = new SwallowedErrors();
        appender.start();
        for (String catcher : CATCHERS) {
            Logger logger = (Logger) LoggerFactory.getLogger(catcher);
            logger.setLevel(Level.WARN);
            logger.setAdditive(false);
            logger.addAppender(appender);
        }
    }

    private SwallowedErrors() {}

    /** From now on errors on this thread are this world's. */
    static void of(World world) {
        PLAYING.set(world);
    }

    @Override
    protected void append(ILoggingEvent event) {
        World world = PLAYING.get();
        if (world != null && event.getThrowableProxy() instanceof ThrowableProxy proxy) {
            world.broke(proxy.getThrowable());
        }
    }
}
