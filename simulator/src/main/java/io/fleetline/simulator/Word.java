package io.fleetline.simulator;

import java.io.IOException;

/** What the process that plays a run and those that play shares of it say to one another, one byte before what belongs to it. */
enum Word {
    /** To a share: the run has been going on for so long (a long, ns). */
    BEGIN,
    /** To a share: tell of the time since the last look. */
    LOOK,
    /** To a share: no more schedules, no more faults. */
    STAGES_OVER,
    /** To a share: say {@link #RESTED} once all devices have come to rest. */
    REST,
    /** To a share: disconnect, note down the rest, say {@link #ENDED} and end. */
    END,
    /** From a share: its devices are built. */
    READY,
    /** From a share: it cannot be played, with the reason (UTF). */
    FAILED,
    /** From a share: {@link Tidings}. */
    TIDINGS,
    /** From a share: all devices have come to rest. */
    RESTED,
    /** From a share: all is noted down; whether it is known of everything how it ended (a boolean). */
    ENDED;

    private static final Word[] ALL = values();

    /** @throws IOException if it is none */
    static Word of(int number) throws IOException {
        if (number < 0 || number >= ALL.length) {
            throw new IOException("word " + number + " is not one of the simulator's");
        }
        return ALL[number];
    }
}
