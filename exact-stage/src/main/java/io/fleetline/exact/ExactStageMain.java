package io.fleetline.exact;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;

/**
 * The exact stage as a program: {@code name=value} settings as {@link ExactStageConfig#parse} reads them, until SIGTERM or
 * Ctrl-C. Prints {@code ready} once it is at work. Exit codes: 0 when it was told to end and did so in good order, 1 when it
 * could not start, go on or end so, 2 for a wrong command line.
 */
public final class ExactStageMain {
    /** Beside the settings: end, too, when standard input ends, for whoever starts it and must not leave it behind. */
    private static final String UNTIL_EOF = "--until-eof";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final long LOOK_MILLIS = 100;

    private ExactStageMain() {}

    /** Runs the stage and ends the JVM. */
    public static void main(String[] args) throws InterruptedException {
        List<String> settings = new ArrayList<>(List.of(args));
        boolean untilEof = settings.remove(UNTIL_EOF);
        Ending ending = Ending.listen();
        int exitCode = FAILED;
        try {
            ExactStageConfig config = ExactStageConfig.parse(settings);
            exitCode = run(config, untilEof, ending);
        } catch (IllegalArgumentException e) {
            say(String.valueOf(e.getMessage()));
            exitCode = USAGE;
        } finally {
            ending.ended(exitCode);
        }
        System.exit(exitCode);
    }

    private static int run(ExactStageConfig config, boolean untilEof, Ending ending) throws InterruptedException {
        ExactStage stage;
        try {
            stage = ExactStage.start(config);
        } catch (IllegalStateException | KafkaException e) {
            say("the exact stage did not start: " + innermost(e));
            return FAILED;
        }
        CountDownLatch end = ending.isAtWork();
        if (untilEof) {
            watchInput(end);
        }
        stage.ended().whenComplete((done, why) -> end.countDown());
        boolean told = false;
        while (!end.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (!told && stage.isReady()) {
                told = true;
                System.out.println("ready"
                        + (stage.metricsPort().isPresent()
                                ? " http://" + config.metricsHost() + ":"
                                        + stage.metricsPort().getAsInt() + "/metrics"
                                : ""));
            }
        }
        stage.close();
        try {
            stage.ended().toCompletableFuture().join();
            return DONE;
        } catch (CompletionException e) {
            say("the exact stage stopped: " + innermost(e));
            return FAILED;
        }
    }

    private static void watchInput(CountDownLatch end) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Whatever is said, only the end counts.
                        }
                    } catch (IOException e) {
                        // As good as an end.
                    }
                    end.countDown();
                },
                "until-eof");
        watch.setDaemon(true);
        watch.start();
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static void say(String sentence) {
        System.err.println("fleetline: " + sentence);
    }
}
