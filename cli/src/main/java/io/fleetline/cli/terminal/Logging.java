package io.fleetline.cli.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.file.Path;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Where the log of this process goes: nowhere, to standard error, or into a file. Set by the verb, in code: a command
 * that ends in half a second should not spend it on reading XML.
 */
public final class Logging {
    private static final String LINE = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level [%thread] %logger{20} %msg%n";

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
        install(appender, Level.DEBUG, Level.INFO);
    }

    /** Ours from INFO on and others from WARN on go to standard output: what a service manager collects. */
    public static void toStandardOutput() {
        install(new ConsoleAppender<>(), Level.INFO, Level.WARN);
    }

    /** Ours from INFO on and others from WARN on are appended to this file. */
    public static void toFile(Path file) {
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setFile(file.toString());
        install(appender, Level.INFO, Level.WARN);
    }

    private static void install(OutputStreamAppender<ILoggingEvent> appender, Level ours, Level others) {
        LoggerContext context = context();
        appender.setContext(context);
        appender.setEncoder(lines(context));
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender((Appender<ILoggingEvent>) appender);
        root.setLevel(others);
        context.getLogger("io.fleetline").setLevel(ours);
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
