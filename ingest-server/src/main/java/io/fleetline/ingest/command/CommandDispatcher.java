package io.fleetline.ingest.command;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the commands that wait for their devices, and hands them over when these are connected: at least once, for the
 * device knows a repeated id. Every node keeps all of them, as every node follows both topics; only the one that has the
 * device delivers.
 *
 * <p>All state is guarded by one lock; devices are called without it.
 */
public final class CommandDispatcher {
    /** A connected device. */
    public interface Recipient {
        /**
         * Sends the command to the device.
         *
         * @return whether it is on its way; if not, the connection is over
         */
        boolean deliver(ServerFrame.Command command);
    }

    private static final Logger LOG = LoggerFactory.getLogger(CommandDispatcher.class);

    /** What is kept of a device's commands: those without outcome, and which of them went out. */
    private static final class Backlog {
        final Map<String, PendingCommand> pending = new LinkedHashMap<>();
        final Set<String> sent = new HashSet<>();

        boolean isEmpty() {
            return pending.isEmpty();
        }

        void forget(String commandId) {
            pending.remove(commandId);
            sent.remove(commandId);
        }
    }

    private final NodeTime time;
    private final CommandUpdates updates;
    private final int mostPendingPerDevice;

    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private final Map<DeviceId, Backlog> backlogs = new HashMap<>();
    /** Guarded by {@link #lock}. */
    private final Map<DeviceId, Recipient> recipients = new HashMap<>();
    /** Until the topics are read to their ends, a pending command may have an outcome that is still to be read. */
    private boolean caughtUp;

    /** Nothing is pending and nobody is connected. */
    public CommandDispatcher(NodeTime time, CommandUpdates updates, int mostPendingPerDevice) {
        this.time = time;
        this.updates = updates;
        this.mostPendingPerDevice = mostPendingPerDevice;
    }

    /** A command came in. One that is known by its id, or expired, changes nothing. */
    public void command(DeviceId device, PendingCommand command) {
        Recipient recipient;
        synchronized (lock) {
            if (command.isExpired(time.unixMillis())) {
                return;
            }
            Backlog backlog = backlogs.computeIfAbsent(device, id -> new Backlog());
            if (backlog.pending.containsKey(command.id())) {
                return;
            }
            forgetExpired(backlog);
            if (backlog.pending.size() >= mostPendingPerDevice) {
                LOG.warn(
                        "command {} for {} is left aside: {} commands wait for this device already",
                        command.id(),
                        device,
                        mostPendingPerDevice);
                return;
            }
            backlog.pending.put(command.id(), command);
            recipient = caughtUp ? recipients.get(device) : null;
        }
        if (recipient != null) {
            deliver(device, recipient, List.of(command));
        }
    }

    /** An update came in, whoever wrote it. */
    public void update(DeviceId device, String commandId, CommandState state) {
        synchronized (lock) {
            Backlog backlog = backlogs.get(device);
            if (backlog == null || !backlog.pending.containsKey(commandId)) {
                return;
            }
            if (state == CommandState.SENT) {
                backlog.sent.add(commandId);
            } else if (state.isTerminal()) {
                backlog.forget(commandId);
                if (backlog.isEmpty()) {
                    backlogs.remove(device);
                }
            }
        }
    }

    /** The topics are read to their ends: what is pending now really is. */
    public void caughtUp() {
        List<DeviceId> waiting = new ArrayList<>();
        synchronized (lock) {
            caughtUp = true;
            for (DeviceId device : recipients.keySet()) {
                if (backlogs.containsKey(device)) {
                    waiting.add(device);
                }
            }
        }
        for (DeviceId device : waiting) {
            deliverPending(device, null);
        }
    }

    /** A device is there; all that waits for it goes out, also what went out before and has no outcome yet. */
    public void connected(DeviceId device, Recipient recipient) {
        synchronized (lock) {
            recipients.put(device, recipient);
        }
        deliverPending(device, recipient);
    }

    /** A connection is over. Changes nothing if a newer one of the device has come meanwhile. */
    public void disconnected(DeviceId device, Recipient recipient) {
        synchronized (lock) {
            recipients.remove(device, recipient);
        }
    }

    /** Forgets what has expired; to be called now and then. */
    public void forgetExpired() {
        synchronized (lock) {
            Iterator<Backlog> all = backlogs.values().iterator();
            while (all.hasNext()) {
                Backlog backlog = all.next();
                forgetExpired(backlog);
                if (backlog.isEmpty()) {
                    all.remove();
                }
            }
        }
    }

    /** How many commands wait for this device. */
    public int pending(DeviceId device) {
        synchronized (lock) {
            Backlog backlog = backlogs.get(device);
            return backlog == null ? 0 : backlog.pending.size();
        }
    }

    private void deliverPending(DeviceId device, @Nullable Recipient expected) {
        List<PendingCommand> waiting;
        Recipient recipient;
        synchronized (lock) {
            Backlog backlog = backlogs.get(device);
            recipient = recipients.get(device);
            if (!caughtUp || backlog == null || recipient == null || (expected != null && recipient != expected)) {
                return;
            }
            forgetExpired(backlog);
            waiting = List.copyOf(backlog.pending.values());
        }
        deliver(device, recipient, waiting);
    }

    private void deliver(DeviceId device, Recipient recipient, List<PendingCommand> commands) {
        for (PendingCommand command : commands) {
            if (!recipient.deliver(command.frame(time.unixMillis()))) {
                return;
            }
            if (isFirstTime(device, command)) {
                updates.write(device, command.id(), CommandState.SENT);
            }
        }
    }

    private boolean isFirstTime(DeviceId device, PendingCommand command) {
        synchronized (lock) {
            Backlog backlog = backlogs.get(device);
            return backlog != null && backlog.pending.containsKey(command.id()) && backlog.sent.add(command.id());
        }
    }

    private void forgetExpired(Backlog backlog) {
        long now = time.unixMillis();
        Iterator<PendingCommand> all = backlog.pending.values().iterator();
        while (all.hasNext()) {
            PendingCommand command = all.next();
            if (command.isExpired(now)) {
                all.remove();
                backlog.sent.remove(command.id());
            }
        }
    }
}
