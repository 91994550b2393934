package io.fleetline.device.internal.connection;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a connection, or the attempt at one, ended.
 *
 * @param cause why
 * @param detail a sentence for people; what the peer said in it is made harmless for logs and terminals
 * @param retryAfter how long the node asked to be left alone
 * @param winner the number of the connection that took over
 * @param nodeMillis the node's Unix time in ms as its answer to the handshake told it, in whole seconds
 */
public record Ending(
        EndCause cause, String detail, Optional<Duration> retryAfter, OptionalLong winner, OptionalLong nodeMillis) {
    private static final int MOST_DETAIL_CHARS = 256;

    public Ending {
        detail = harmless(detail);
    }

    /** An end without a word of the node about when to come again. */
    public static Ending of(EndCause cause, String detail) {
        return new Ending(cause, detail, Optional.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    /** The node closed the connection with this code. */
    public static Ending closedByNode(int code, String reason) {
        EndCause cause = EndCause.ofCloseCode(code);
        String detail = "node closed with " + code + (reason.isEmpty() ? "" : ": " + reason);
        return new Ending(
                cause,
                detail,
                Optional.empty(),
                cause == EndCause.TAKEN_OVER ? number(reason) : OptionalLong.empty(),
                OptionalLong.empty());
    }

    /**
     * The node answered the handshake with this status.
     *
     * @param retryAfter the header {@code Retry-After} (RFC 9110 section 10.2.3), or an empty text; only its form in
     *     seconds is understood, because the other needs a clock that is right
     * @param nodeMillis what the header {@code Date} says, if it can be read
     */
    public static Ending refused(int status, String retryAfter, OptionalLong nodeMillis) {
        OptionalLong seconds = number(retryAfter);
        // More than 18 digits never come this far, but a year in seconds would still overflow when counted in ns.
        Optional<Duration> pause = seconds.isPresent()
                ? Optional.of(Duration.ofSeconds(Math.min(seconds.getAsLong(), 1_000_000)))
                : Optional.empty();
        return new Ending(
                EndCause.ofHttpStatus(status),
                "node answered HTTP " + status + (seconds.isPresent() ? ", come again after " + retryAfter + " s" : ""),
                pause,
                OptionalLong.empty(),
                nodeMillis);
    }

    /** The node answered the handshake with this status, and did not say what time it is. */
    public static Ending refused(int status, String retryAfter) {
        return refused(status, retryAfter, OptionalLong.empty());
    }

    private static OptionalLong number(String digits) {
        boolean decimal =
                !digits.isEmpty() && digits.length() <= 16 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return decimal ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
    }

    private static String harmless(String text) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), MOST_DETAIL_CHARS));
        for (int i = 0; i < text.length() && i < MOST_DETAIL_CHARS; i++) {
            char c = text.charAt(i);
            safe.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
        }
        return safe.append(text.length() > MOST_DETAIL_CHARS ? "…" : "").toString();
    }
}
