package io.fleetline.backend;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that a device is to do, at most once.
 *
 * @param device which one
 * @param name what to do: 1 to 128 of {@code [A-Za-z0-9._/-]}, with or without a leading {@code $}
 * @param body the command's argument, at most 32 KiB of CBOR
 * @param expiry how long after it was sent the device may still begin it, more than 0 and at most 7 days
 * @param patience how long the sender waits for the outcome
 * @param id names the command: a repetition of an id is the same command, and is not run again. 1 to 64 printable ASCII
 *     characters; empty for one that the sender makes
 */
public record CommandRequest(
        DeviceId device, String name, Payload body, Duration expiry, Duration patience, Optional<String> id) {
    /** How long a command is valid if nothing else is said. */
    public static final Duration DEFAULT_EXPIRY = Duration.ofHours(1);

    /** The longest that a command may be valid; nodes look back no further. */
    public static final Duration LONGEST_EXPIRY = Duration.ofDays(7);

    /** What the sender waits beyond the expiry by default: for an outcome that is on its way. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** @throws IllegalArgumentException if a part is not of its form or out of range */
    public CommandRequest {
        if (expiry.isNegative() || expiry.isZero() || expiry.compareTo(LONGEST_EXPIRY) > 0) {
            throw new IllegalArgumentException(
                    "expiry is " + expiry + ", not more than 0 and at most " + LONGEST_EXPIRY);
        }
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience is " + patience + ", not more than 0");
        }
        checkForm(id.orElse("-"), name, expiry, body);
    }

    /**
     * A command to a device, valid for {@link #DEFAULT_EXPIRY}.
     *
     * @param body as {@link BodyCodec#encode} takes it
     * @throws IllegalArgumentException if a part is not of its form
     */
    public static CommandRequest of(DeviceId device, String name, @Nullable Object body) {
        return new CommandRequest(
                device, name, BodyCodec.encode(body), DEFAULT_EXPIRY, DEFAULT_EXPIRY.plus(GRACE), Optional.empty());
    }

    /** This command, valid for this long; the sender waits half a minute longer. */
    public CommandRequest withExpiry(Duration validity) {
        return new CommandRequest(device, name, body, validity, validity.plus(GRACE), id);
    }

    /** This command, for the outcome of which the sender waits this long. */
    public CommandRequest withPatience(Duration wait) {
        return new CommandRequest(device, name, body, expiry, wait, id);
    }

    /** This command under an id of the application's choice. */
    public CommandRequest withId(String chosen) {
        return new CommandRequest(device, name, body, expiry, patience, Optional.of(chosen));
    }

    /** The frame that will bring it to the device knows what is allowed. */
    private static void checkForm(String id, String name, Duration expiry, Payload body) {
        ServerFrame.Command unused = new ServerFrame.Command(id, name, expiry.toMillis(), body, Attributes.NONE);
    }
}
