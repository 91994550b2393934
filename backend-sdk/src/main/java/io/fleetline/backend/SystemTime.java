package io.fleetline.backend;

import java.time.Instant;
import java.time.InstantSource;

/** The machine's clock; the one place of this module that reads it. */
final class SystemTime implements InstantSource {
    @Override
    public Instant instant() {
        return Instant.now();
    }
}
