package io.fleetline.device.internal.transport;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Keeps SLF4J from complaining on standard error that nobody listens, in a process that was never meant to log. Where a
 * logging library is there, or SLF4J was told what to report, nothing is done.
 */
public final class QuietLogging {
    private static final String VERBOSITY = "slf4j.internal.verbosity";

    private QuietLogging() {}

    /** To be called before the first logger is made. */
    public static void unlessBound() {
        if (System.getProperty(VERBOSITY) != null || System.getProperty("slf4j.provider") != null || isBound()) {
            return;
        }
        // SLF4J reads this once, as it looks for its provider; the property does not outlive that.
        System.setProperty(VERBOSITY, "ERROR");
        try {
            LoggerFactory.getILoggerFactory();
        } finally {
            System.clearProperty(VERBOSITY);
        }
    }

    private static boolean isBound() {
        try {
            return ServiceLoader.load(SLF4JServiceProvider.class, LoggerFactory.class.getClassLoader())
                    .findFirst()
                    .isPresent();
        } catch (ServiceConfigurationError e) {
            // A binding that is broken is better heard of.
            return true;
        }
    }
}
