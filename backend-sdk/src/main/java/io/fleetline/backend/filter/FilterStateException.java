package io.fleetline.backend.filter;

/** Stored state that cannot be read: damaged, of a version that this one does not know, or not a filter's state. */
public class FilterStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was expected, and what was found where */
    public FilterStateException(String message) {
        super(message);
    }

    /**
     * The same, found by someone else.
     *
     * @param message what could not be read
     * @param cause what was wrong with it
     */
    public FilterStateException(String message, Throwable cause) {
        super(message, cause);
    }
}
