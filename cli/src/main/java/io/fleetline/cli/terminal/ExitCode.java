package io.fleetline.cli.terminal;

/** What the command's exit status says; {@code fleetline --help} lists them. */
public final class ExitCode {
    /** Done as asked. */
    public static final int DONE = 0;

    /** Could not be done: the message says why. */
    public static final int FAILED = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** Kafka does not hold what was promised. */
    public static final int DISPROVED = 3;

    /** The device answered, but not with success; or the command will never run. */
    public static final int NOT_SUCCEEDED = 4;

    /** The device has not answered in the time given. */
    public static final int NO_ANSWER = 5;

    /** A threshold of the scenario was missed. */
    public static final int MISSED = 6;

    /** The simulator was the bottleneck, or could not do to the system what it was to: the run says nothing of it. */
    public static final int INVALID = 7;

    /** Ended by Ctrl-C before it was done, as shells count it: 128 + SIGINT. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
