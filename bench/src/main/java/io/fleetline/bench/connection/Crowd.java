package io.fleetline.bench.connection;

import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.wss.Credential;
import io.fleetline.bench.wss.WssClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Many devices, or as many clients of a bare server, and which of them are connected. Thread-safe. */
final class Crowd {
    /** After an attempt that failed: up to so long, the last of them for all that follow. */
    private static final int[] PAUSES_SECONDS = {1, 2, 4, 8, 16, 30};

    private final WssClient client;
    private final URI url;
    private final boolean node;
    /** For the pauses. Guarded by this. */
    private final Random random;
    /** Who is not connected. Guarded by this. */
    private final Deque<Credential> absent;
    /** Who is, and stays. Guarded by this. */
    private final List<Member> present = new ArrayList<>();

    private record Member(Credential credential, IdleConnection connection) {}

    /**
     * Nobody is connected yet.
     *
     * @param node whether the server is a node, rather than a bare one
     */
    Crowd(WssClient client, URI url, boolean node, List<Credential> devices, Random random) {
        this.client = client;
        this.url = url;
        this.node = node;
        this.random = random;
        this.absent = new ArrayDeque<>(devices);
    }

    /** Devices that come and stay. */
    final class Arrival {
        private final boolean again;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        /** Who has not tried yet. Guarded by the crowd. */
        private final Deque<Credential> coming = new ArrayDeque<>();
        /** How many are not there yet. Guarded by the crowd. */
        private int missing;
        /** Guarded by the crowd. */
        private int attempts;

        private Arrival(boolean again) {
            this.again = again;
        }

        private void next() {
            Credential device;
            synchronized (Crowd.this) {
                device = coming.pollFirst();
            }
            if (device != null) {
                attempt(device, 0);
            }
        }

        private void attempt(Credential device, int failures) {
            synchronized (Crowd.this) {
                attempts++;
            }
            var unused = open(device).whenComplete((connection, failure) -> {
                if (failure == null) {
                    arrived(new Member(device, connection));
                } else if (again) {
                    client.after(pause(failures), () -> attempt(device, failures + 1));
                } else {
                    done.completeExceptionally(failure);
                }
            });
        }

        private void arrived(Member member) {
            boolean last;
            synchronized (Crowd.this) {
                present.add(member);
                missing--;
                last = missing == 0;
            }
            if (last) {
                done.complete(null);
            } else {
                next();
            }
        }

        /** Completes when all are there; exceptionally if one failed that does not try again. */
        CompletableFuture<Void> done() {
            return done;
        }

        /** How many attempts that took so far. */
        int attempts() {
            synchronized (Crowd.this) {
                return attempts;
            }
        }
    }

    /**
     * Has some more devices come.
     *
     * @param count how many; there have to be as many absent ones
     * @param atOnce how many may be on their way at a time
     * @param again whether those that fail try again after a pause, as devices do
     */
    Arrival arrive(int count, int atOnce, boolean again) {
        Arrival arrival = new Arrival(again);
        synchronized (this) {
            if (absent.size() < count) {
                throw new IllegalArgumentException(count + " are to come, but only " + absent.size() + " are absent");
            }
            for (int i = 0; i < count; i++) {
                arrival.coming.add(absent.removeFirst());
            }
            arrival.missing = count;
        }
        for (int i = 0; i < Math.min(atOnce, count); i++) {
            arrival.next();
        }
        return arrival;
    }

    /** Devices that come, are welcomed, and leave, one after the other in each of some lines. */
    private final class Visits {
        private final long endNanos;
        private final CompletableFuture<Long> done = new CompletableFuture<>();
        /** Guarded by the crowd. */
        private int lines;
        /** Guarded by the crowd. */
        private long visits;

        private Visits(int lines, Duration time) {
            this.lines = lines;
            this.endNanos = Clock.nanos() + time.toNanos();
        }

        private void next() {
            Credential device;
            synchronized (Crowd.this) {
                if (Clock.nanos() >= endNanos) {
                    lines--;
                    if (lines == 0) {
                        done.complete(visits);
                    }
                    return;
                }
                device = absent.removeFirst();
            }
            var unused = open(device)
                    .thenCompose(connection -> {
                        connection.leave();
                        return connection.gone();
                    })
                    .whenComplete((gone, failure) -> {
                        if (failure != null) {
                            done.completeExceptionally(failure);
                            return;
                        }
                        synchronized (Crowd.this) {
                            absent.addLast(device);
                            visits++;
                        }
                        next();
                    });
        }
    }

    /**
     * Has devices come, wait for their welcome, and leave again; completes with their number.
     *
     * @param atOnce how many at a time, each followed by the next
     */
    CompletableFuture<Long> visit(int atOnce, Duration time) {
        Visits visits = new Visits(atOnce, time);
        for (int i = 0; i < atOnce; i++) {
            visits.next();
        }
        return visits.done;
    }

    private CompletableFuture<IdleConnection> open(Credential device) {
        IdleConnection connection = new IdleConnection(node);
        var unused = client.connect(connection, url, device).whenComplete((session, failure) -> {
            if (failure != null) {
                connection.fail(failure);
            }
        });
        return connection.there();
    }

    private synchronized Duration pause(int failures) {
        int longest = PAUSES_SECONDS[Math.min(failures, PAUSES_SECONDS.length - 1)];
        return Duration.ofMillis(random.nextInt(longest * 1_000));
    }

    /** Has all leave; completes when all are gone, be it that a connection was cut while it was closing. */
    CompletableFuture<Void> leave() {
        List<Member> leaving;
        synchronized (this) {
            leaving = List.copyOf(present);
            present.clear();
            leaving.forEach(member -> absent.addLast(member.credential()));
        }
        leaving.forEach(member -> member.connection().leave());
        return CompletableFuture.allOf(leaving.stream()
                .map(member -> member.connection().gone().handle((gone, cut) -> null))
                .toArray(CompletableFuture[]::new));
    }

    /** Sends a sign of life for those devices whose turn it is. */
    void heartbeat(int turn, int turns) {
        if (!node) {
            return;
        }
        List<Member> some = new ArrayList<>();
        synchronized (this) {
            for (int i = turn; i < present.size(); i += turns) {
                some.add(present.get(i));
            }
        }
        some.forEach(member -> member.connection().heartbeat());
    }

    /**
     * How many are connected.
     *
     * @throws IllegalStateException if one of them was cut off
     */
    synchronized int present() {
        for (Member member : present) {
            if (member.connection().gone().isDone()) {
                throw new IllegalStateException("the connection of " + member.credential() + " is gone: "
                        + member.connection()
                                .gone()
                                .handle((nothing, failure) -> String.valueOf(failure))
                                .join());
            }
        }
        return present.size();
    }
}
