package io.fleetline.bench;

/** A benchmark broke off, so that there are no figures. */
public final class NotMeasuredException extends Exception {
    NotMeasuredException(String message, Throwable cause) {
        super(message, cause);
    }
}
