package io.fleetline.device;

/** The root of what this library throws, beside {@link IllegalArgumentException} and {@link IllegalStateException}. */
public class FleetlineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FleetlineException(String message) {
        super(message);
    }

    /** Without a stack trace where it would name nothing but the library's own threads. */
    FleetlineException(String message, boolean stackTrace) {
        super(message, null, false, stackTrace);
    }

    FleetlineException(String message, Throwable cause) {
        super(message, cause);
    }
}
