package io.fleetline.devkafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Keeps a process stopped. A shell of its own does it: if this JVM ends, however abruptly, the shell's standard input
 * ends and it lets the process go on, which then can notice that it is alone. A process stopped by a mere signal would
 * stay for ever.
 */
final class Pause {

    private static final String SCRIPT =
            "trap '' INT HUP; kill -STOP \"$0\" && echo stopped && read -r line; " + "kill -CONT \"$0\"";

    private final Process keeper;

    private Pause(Process keeper) {
        this.keeper = keeper;
    }

    static Pause of(long processId) throws IOException {
        if (!JavaCommand.hasShell()) {
            throw new UnsupportedOperationException("Pausing a broker needs /bin/sh and POSIX signals");
        }
        Process keeper = new ProcessBuilder("/bin/sh", "-c", SCRIPT, String.valueOf(processId))
                .redirectErrorStream(true)
                .start();
        BufferedReader output = keeper.inputReader(StandardCharsets.UTF_8);
        String answer = output.readLine();
        if (!"stopped".equals(answer)) {
            keeper.destroyForcibly();
            throw new IOException("Could not stop process " + processId + ": " + answer);
        }
        return new Pause(keeper);
    }

    /** Lets the process go on. */
    void end() {
        try {
            keeper.getOutputStream().close();
        } catch (IOException e) {
            // The keeper has ended already, and let the process go.
            return;
        }
        keeper.onExit().join();
    }

    /** For a process that was killed: its number may soon be somebody else's. */
    void forget() {
        keeper.destroyForcibly();
    }
}
