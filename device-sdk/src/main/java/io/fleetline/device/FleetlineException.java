package io.fleetline.device;

/** The root of what this library throws, beside {@link IllegalArgumentException} and {@link IllegalStateException}. */
public class FleetlineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FleetlineException(String message) {
        super(message);
    }

    FleetlineException(String message, Throwable cause) {
        super(message, cause);
    }
}
