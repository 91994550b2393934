package io.fleetline.simulator;

import java.time.Clock;

/** A process that plays a share, for tests. */
public final class ShareMain {
    private ShareMain() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws Exception {
        SharePlayer.play(System.in, System.out, System::nanoTime, Clock.systemUTC(), log -> {});
    }
}
