package io.fleetline.ingest.telemetry;

import io.fleetline.protocol.RejectCode;

/**
 * Why an item will never be stored as an event.
 *
 * @param code why
 * @param message the same for people, with numbers
 * @param offset at which byte of the body the fault is; −1 where the fault is not in the body
 */
public record Refusal(RejectCode code, String message, int offset) {}
