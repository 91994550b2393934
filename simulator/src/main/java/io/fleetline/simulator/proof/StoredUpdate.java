package io.fleetline.simulator.proof;

import java.util.Optional;

/**
 * One record of the command updates, read from its bytes.
 *
 * @param where where it stands, for people
 * @param device whose command
 * @param commandId which command; empty for a gap among the outcomes
 * @param status what it came to
 * @param number its number in its device's stream; empty if a node wrote it and not a device
 */
record StoredUpdate(
        String where, String device, Optional<String> commandId, String status, Optional<StreamNumber> number) {}
