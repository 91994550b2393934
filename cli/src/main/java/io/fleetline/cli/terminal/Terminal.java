package io.fleetline.cli.terminal;

import java.io.IOException;

/** Whether somebody is watching. */
final class Terminal {
    private Terminal() {}

    /**
     * Whether standard output is a terminal. Java does not know: it says whether standard input and output both are, and from 22
     * on not even that. POSIX's {@code test} does; where there is none, nobody is watching.
     */
    static boolean isStandardOutput() {
        try {
            return new ProcessBuilder("test", "-t", "1").inheritIO().start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
