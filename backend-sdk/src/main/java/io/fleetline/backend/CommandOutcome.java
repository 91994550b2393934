package io.fleetline.backend;

import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Payload;
import java.time.Instant;

/**
 * How a command ended.
 *
 * @param device the device that it was for
 * @param commandId its id
 * @param state the terminal state that stands first in the log
 * @param body the handler's result, or a text that says what failed; {@link Payload#NULL} where the device had no say
 * @param recordTime when a node wrote this to Kafka, by that node's clock
 */
public record CommandOutcome(DeviceId device, String commandId, CommandState state, Payload body, Instant recordTime) {}
