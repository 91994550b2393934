package io.fleetline.ingest.session;

import io.fleetline.ingest.command.CommandDispatcher;
import io.fleetline.ingest.identity.Authenticator;
import io.fleetline.ingest.identity.Enrolment;
import io.fleetline.ingest.identity.RefusedAttempts;
import io.fleetline.ingest.metrics.IngestMetrics;
import io.fleetline.ingest.presence.ConnectedDevices;
import io.fleetline.ingest.telemetry.IntakeBudget;
import io.fleetline.ingest.telemetry.TelemetryIntake;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.ingest.time.Timers;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What all sessions of a node share.
 *
 * @param executor runs what waited for room, off the thread that made the room
 * @param random spreads rewinds
 */
public record SessionServices(
        CurrentLimits limits,
        NodeTime time,
        Timers timers,
        Executor executor,
        RandomGenerator random,
        TelemetryIntake intake,
        IntakeBudget budget,
        ConnectedDevices devices,
        CommandDispatcher commands,
        Authenticator authenticator,
        Enrolment enrolment,
        RefusedAttempts refusedAttempts,
        IngestMetrics metrics) {}
