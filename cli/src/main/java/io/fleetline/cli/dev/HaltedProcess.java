package io.fleetline.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/**
 * A process that is halted ({@code SIGSTOP}) until this is closed. A shell of its own keeps it so: if this JVM ends, however that
 * ends, the shell's standard input ends too, and it lets the process go on.
 */
final class HaltedProcess implements AutoCloseable {
    private static final String SCRIPT =
            "trap '' INT HUP; kill -STOP \"$0\" && echo halted && read -r line; kill -CONT \"$0\"";

    private final Process keeper;

    private HaltedProcess(Process keeper) {
        this.keeper = keeper;
    }

    /** @throws IOException if it cannot be halted, such as on a system without POSIX signals */
    static HaltedProcess halt(long pid) throws IOException {
        Process keeper = new ProcessBuilder("/bin/sh", "-c", SCRIPT, Long.toString(pid))
                .redirectErrorStream(true)
                .start();
        String answer = keeper.inputReader(UTF_8).readLine();
        if (!"halted".equals(answer)) {
            keeper.destroyForcibly();
            throw new IOException("process " + pid + " cannot be halted: " + answer);
        }
        return new HaltedProcess(keeper);
    }

    @Override
    public void close() {
        try {
            keeper.getOutputStream().close();
        } catch (IOException e) {
            // The shell has ended, and let the process go.
        }
    }
}
