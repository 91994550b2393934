package io.fleetline.cli.terminal;

import org.jspecify.annotations.Nullable;

/** What was asked cannot be done, for a reason that one sentence tells the user. */
public final class CliFailure extends RuntimeException {
    private final int exitCode;

    /** Ends the command with {@link ExitCode#FAILED} and this sentence. */
    public CliFailure(String sentence) {
        this(ExitCode.FAILED, sentence, null);
    }

    /** As {@link #CliFailure(String)}; {@code --verbose} shows the cause. */
    public CliFailure(String sentence, @Nullable Throwable cause) {
        this(ExitCode.FAILED, sentence, cause);
    }

    /** Ends the command with this exit code and sentence. */
    public CliFailure(int exitCode, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    /** The exit status of the command. */
    public int exitCode() {
        return exitCode;
    }
}
