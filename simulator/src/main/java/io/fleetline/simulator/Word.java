package io.fleetline.simulator;

import java.io.IOException;

/** What the process that plays a run and those that play shares of it say to one another, one byte before what belongs to it. */
enum Word {
    /** To a share: the run has been going on for so long (a long, ns). */
    BEGIN(1),
    /** To a share: tell of the time since the last look. */
    LOOK(2),
    /** To a share: no more schedules, no more faults. */
    STAGES_OVER(3),
    /** To a share: say {@link #RESTED} once all devices have come to rest. */
    REST(4),
    /** To a share: disconnect, note down the rest, say {@link #ENDED} and end. */
    END(5),
    /** From a share: its devices are built. */
    READY(6),
    /** From a share: it cannot be played, with the reason (UTF). */
    FAILED(7),
    /** From a share: {@link Tidings}. */
    TIDINGS(8),
    /** From a share: all devices have come to rest. */
    RESTED(9),
    /** From a share: all is noted down; whether it is known of everything how it ended (a boolean). */
    ENDED(10);

    private final int code;

    Word(int code) {
        this.code = code;
    }

    /** The byte that says it. */
    int code() {
        return code;
    }

    /** @throws IOException if it is none */
    static Word of(int code) throws IOException {
        for (Word word : values()) {
            if (word.code == code) {
                return word;
            }
        }
        throw new IOException("byte " + code + " is not a word of the simulator's");
    }
}
