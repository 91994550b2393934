package io.fleetline.ingest.session;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.ingest.time.Rate;
import io.fleetline.ingest.time.Timers;
import java.util.concurrent.TimeUnit;

/**
 * Says when the next message may be read: not before the one before it is dealt with, not while more than the window is
 * unacknowledged, and not faster than the rate. Not reading is all the backpressure there is; TCP does the rest.
 *
 * <p>The reading thread, Kafka's rounds and the timer meet here; everything is guarded by this object's lock, and the peer
 * is asked without it.
 */
final class Reading {
    /**
     * Whose turn it is.
     *
     * <pre>
     * LISTENING ── a message comes ──▶ HANDLING ── it is dealt with ──▶ HOLDING ── there is room ──▶ LISTENING
     * </pre>
     */
    private enum Turn {
        /** A message is asked for. */
        LISTENING,
        /** A message came, and is being dealt with or waits for the node's budget. */
        HANDLING,
        /** The message is dealt with, and there is no room for another one yet. */
        HOLDING
    }

    private final NodeTime time;
    private final Timers timers;
    private final DevicePeer peer;
    private final int windowItems;
    private final long windowBytes;
    private final Rate events;
    private final Rate bytes;

    private Turn turn = Turn.HOLDING;
    private boolean over;
    private long unacknowledgedItems;
    private long unacknowledgedBytes;
    private long pausedUntilNanos;
    private boolean paused;
    private boolean timerSet;
    private long lastHeardNanos;

    Reading(NodeTime time, Timers timers, DevicePeer peer, SessionLimits limits) {
        this.time = time;
        this.timers = timers;
        this.peer = peer;
        this.windowItems = limits.windowItems();
        this.windowBytes = limits.windowBytes();
        this.events = new Rate(limits.eventsPerSecond(), limits.burstEvents());
        this.bytes = new Rate(limits.bytesPerSecond(), limits.burstBytes());
        this.lastHeardNanos = time.nanos();
    }

    /** Asks for the first message. */
    void begin() {
        demandIfThereIsRoom();
    }

    /** A message came. */
    synchronized void came() {
        turn = Turn.HANDLING;
        lastHeardNanos = time.nanos();
    }

    /** The message that came is dealt with. */
    void done() {
        synchronized (this) {
            turn = Turn.HOLDING;
        }
        demandIfThereIsRoom();
    }

    /**
     * Items of the message that came are on their way to Kafka.
     *
     * @param tenantWaitsNanos how long the device is not to be read for its tenant's sake
     */
    void taken(int items, long itemBytes, int frameBytes, long tenantWaitsNanos) {
        synchronized (this) {
            unacknowledgedItems += items;
            unacknowledgedBytes += itemBytes;
            long now = time.nanos();
            long own = Math.max(events.spend(items, now), bytes.spend(frameBytes, now));
            long pause = Math.max(own, tenantWaitsNanos);
            if (pause > 0) {
                pausedUntilNanos = now + pause;
                paused = true;
            }
        }
    }

    /** Kafka is done with items. */
    void freed(int items, long itemBytes) {
        synchronized (this) {
            unacknowledgedItems -= items;
            unacknowledgedBytes -= itemBytes;
        }
        demandIfThereIsRoom();
    }

    /** Nothing more is to be read. */
    synchronized void end() {
        over = true;
    }

    /** Whether the device may well have something to say that the node does not read now. */
    synchronized boolean isHeldBack() {
        return turn != Turn.LISTENING && !over;
    }

    /** How long nothing was heard although the node was listening, in ns. */
    synchronized long silenceNanos() {
        return turn == Turn.LISTENING ? time.nanos() - lastHeardNanos : 0;
    }

    private void demandIfThereIsRoom() {
        synchronized (this) {
            if (turn != Turn.HOLDING
                    || over
                    || unacknowledgedItems > windowItems
                    || unacknowledgedBytes > windowBytes
                    || isPaused()) {
                return;
            }
            turn = Turn.LISTENING;
            lastHeardNanos = time.nanos();
        }
        peer.demand();
    }

    private boolean isPaused() {
        long remaining = paused ? pausedUntilNanos - time.nanos() : 0;
        if (remaining > 0 && !timerSet) {
            timerSet = true;
            timers.after(remaining, this::pauseIsOver);
        }
        paused = remaining > 0;
        return paused;
    }

    private void pauseIsOver() {
        synchronized (this) {
            timerSet = false;
        }
        demandIfThereIsRoom();
    }

    @Override
    public synchronized String toString() {
        return turn + ", " + unacknowledgedItems + " items and " + unacknowledgedBytes + " bytes unacknowledged"
                + (paused ? ", paused for " + remainingPauseMillis() + " ms" : "");
    }

    private long remainingPauseMillis() {
        return TimeUnit.NANOSECONDS.toMillis(Math.max(0, pausedUntilNanos - time.nanos()));
    }
}
