package io.fleetline.cli.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.fleetline.ingest.LogConfig;
import java.nio.file.Path;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Where the log of this process goes: nowhere, to standard error, or into a file. Set by the verb, in code: a command
 * that ends in half a second should not spend it on reading XML.
 */
public final class Logging {
    private static final String LINE = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level [%thread] %logger{20} %msg%n";

    /** Tells what a peer sent, as it sent it, of which the node has a line of its own. */
    private static final String REPEATS_PEERS = "org.eclipse.jetty.http.HttpParser";

    private Logging() {}

    /** Nothing is logged; what the user must know, the verb prints. */
    public static void quiet() {
        LoggerContext context = context();
        context.reset();
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    /** Ours from DEBUG on and others from INFO on go to standard error. */
    public static void toStandardError() {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        install(appender, lines(context()));
        levels(Level.DEBUG, Level.INFO);
    }

    /** All goes to standard output, in the form and from the levels on that a node's configuration says. */
    public static void toStandardOutput(LogConfig config) {
        boolean text = switch (config.format()) {
            case TEXT -> true;
            case JSON -> false;
            case AUTO -> Terminal.isStandardOutput();
        };
        LoggerContext context = context();
        install(new ConsoleAppender<>(), text ? lines(context) : json(context));
        levels(config);
    }

    /** From these levels on lines are written from now on. */
    public static void levels(LogConfig config) {
        LoggerContext context = context();
        context.getLoggerList().stream()
                .filter(logger -> !logger.getName().equals(Logger.ROOT_LOGGER_NAME))
                .forEach(logger -> logger.setLevel(null)); // what is not said any more ends
        levels(level(config.level()), level(config.libraries()));
        context.getLogger(REPEATS_PEERS).setLevel(Level.ERROR);
        config.levels().forEach((name, level) -> context.getLogger(name).setLevel(level(level)));
    }

    private static Level level(LogConfig.Level level) {
        return Level.toLevel(level.name());
    }

    /** Ours from INFO on and others from WARN on are appended to this file. */
    public static void toFile(Path file) {
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setFile(file.toString());
        install(appender, lines(context()));
        levels(Level.INFO, Level.WARN);
    }

    private static void install(OutputStreamAppender<ILoggingEvent> appender, Encoder<ILoggingEvent> encoder) {
        LoggerContext context = context();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender((Appender<ILoggingEvent>) appender);
    }

    private static void levels(Level ours, Level others) {
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(others);
        context().getLogger("io.fleetline").setLevel(ours);
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMDC(false);
        encoder.setWithMarkers(false);
        encoder.setWithKVPList(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> lines(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(LINE);
        encoder.start();
        return encoder;
    }

    private static LoggerContext context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("the command line logs through Logback, but found " + factory.getClass());
    }
}
