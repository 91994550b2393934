package io.fleetline.device;

import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame.StoredAt;
import java.util.Optional;

/**
 * Says that an event is stored in Kafka, acknowledged by all in-sync replicas.
 *
 * @param lane the lane that it went on
 * @param store names the life of the outbox that it went through: 32 bits, the lowest 1 if the outbox was in memory
 * @param run names the opening of the outbox that it was published in, 32 random bits
 * @param seq its number in its lane of that store, from 1
 * @param mode what the outbox kept where at that time, and so what a power cut could have cost before
 * @param storedAt where in Kafka it stands, if the node said so for this very event
 */
public record Receipt(Lane lane, long store, long run, long seq, OutboxMode mode, Optional<StoredAt> storedAt) {}
