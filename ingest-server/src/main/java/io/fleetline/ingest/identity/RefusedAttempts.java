package io.fleetline.ingest.identity;

import io.fleetline.ingest.time.NodeTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** Remembers the latest attempts that were refused, for an operator to read. Thread-safe. */
public final class RefusedAttempts {
    private static final int MAX_REMEMBERED = 1_000;
    /** What a peer claims is whatever it likes. */
    private static final int MAX_CHARS = 256;

    /**
     * One that was refused.
     *
     * @param unixMillis when
     * @param source from which address
     * @param claimed whom the peer claimed to be; empty if that could not be read
     * @param status the HTTP status that it got
     * @param why in words
     */
    public record Attempt(long unixMillis, String source, String claimed, int status, String why) {}

    private final NodeTime time;

    /** The latest last. Guarded by itself. */
    private final Deque<Attempt> attempts = new ArrayDeque<>();

    /** None yet. */
    public RefusedAttempts(NodeTime time) {
        this.time = time;
    }

    /** One was refused. */
    public void add(String source, String claimed, int status, String why) {
        Attempt attempt = new Attempt(time.unixMillis(), source, shortened(claimed), status, shortened(why));
        synchronized (attempts) {
            if (attempts.size() == MAX_REMEMBERED) {
                attempts.removeFirst();
            }
            attempts.addLast(attempt);
        }
    }

    /** The latest first. */
    public List<Attempt> latest() {
        List<Attempt> copy;
        synchronized (attempts) {
            copy = new ArrayList<>(attempts);
        }
        Collections.reverse(copy);
        return copy;
    }

    private static String shortened(String text) {
        return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS);
    }
}
