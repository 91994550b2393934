package io.fleetline.backend;

import io.fleetline.protocol.DeviceId;
import java.util.concurrent.CompletionStage;

/**
 * A command under way.
 *
 * @param device the device that it is for
 * @param id names it
 * @param stored completes when the command is in Kafka, from where no failure of a node can lose it
 * @param outcome completes with how it ended. Fails with Kafka's exception if the command could not be stored, with {@link
 *     CommandTimeoutException} if the sender's patience ended first, and with {@link IllegalStateException} if
 *     the sender was closed or lost Kafka for good; after the last two, the command may still be run
 */
public record SentCommand(
        DeviceId device, String id, CompletionStage<Void> stored, CompletionStage<CommandOutcome> outcome) {}
