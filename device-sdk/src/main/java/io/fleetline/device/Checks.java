package io.fleetline.device;

import java.time.Duration;

/** Says what is wrong with a part of the configuration, always with its key, what was given, and what is allowed. */
final class Checks {
    private Checks() {}

    /** @throws IllegalArgumentException if the text is empty, longer, or has others than printable ASCII characters */
    static void printable(String key, String text, int mostChars) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(key + " is empty");
        }
        printableOrEmpty(key, text, mostChars);
    }

    /** @throws IllegalArgumentException if the text is longer, or has others than printable ASCII characters */
    static void printableOrEmpty(String key, String text, int mostChars) {
        if (text.length() > mostChars || text.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
            throw new IllegalArgumentException(key + " has " + text.length() + " characters, not up to " + mostChars
                    + " printable ASCII characters");
        }
    }

    /** @throws IllegalArgumentException if the duration is shorter or longer */
    static void range(String key, Duration duration, Duration least, Duration most) {
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw new IllegalArgumentException(key + " is " + duration + ", not within " + least + " to " + most);
        }
    }

    /** @throws IllegalArgumentException if the number is lower or higher */
    static void range(String key, long number, long least, long most) {
        if (number < least || number > most) {
            throw new IllegalArgumentException(key + " is " + number + ", not within " + least + " to " + most);
        }
    }
}
