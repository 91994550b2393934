package io.fleetline.system.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * What goes wrong in a run, and when: the same for the same seed.
 *
 * @param faults in the order in which they begin
 */
record FaultScript(List<Fault> faults) {
    /** What goes wrong. */
    enum Kind {
        /** {@code kill -9} of a process of devices, and another on the same outboxes. */
        KILL_DEVICES,
        /** {@code kill -9} of a node, and another at the same place. */
        KILL_NODE,
        /** {@code kill -9} of a broker, which comes back on the same data. */
        KILL_BROKER,
        /** {@code SIGSTOP} of a node: its connections stay open and nobody answers. */
        HALT_NODE,
        /** The node behind the detour loses Kafka, and nobody else does. */
        CUT_KAFKA,
        /** The connections that devices have to a node carry nothing more, and neither side hears of it. */
        HALF_OPEN
    }

    /**
     * One thing that goes wrong.
     *
     * @param which the process, node or broker, from 0 on
     * @param at from the beginning of the run
     * @param lasts until it is put right
     */
    record Fault(Kind kind, int which, Duration at, Duration lasts) {
        Duration ends() {
            return at.plus(lasts);
        }

        @Override
        public String toString() {
            return kind + " " + which + " at " + at.toMillis() + " ms for " + lasts.toMillis() + " ms";
        }
    }

    static final int NODES = 2;
    static final int BROKERS = 3;
    static final Duration RUN = Duration.ofMinutes(1);
    private static final Duration HALT = Duration.ofSeconds(40);
    private static final int FAULTS = 10;

    /**
     * Invents a run. Each kind comes at least once; of the rest, what finds no room in a hundred tries is left out. Of three
     * brokers one may be away at a time, so that Kafka stores; the same node is not struck twice at once.
     */
    static FaultScript of(Random random, int deviceProcesses) {
        List<Fault> faults = new ArrayList<>();
        faults.add(new Fault(Kind.HALT_NODE, random.nextInt(NODES), millis(random, 3_000, 15_000), HALT));
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        kinds.remove(Kind.HALT_NODE);
        while (kinds.size() < FAULTS) {
            kinds.add(kinds.get(random.nextInt(Kind.values().length - 1)));
        }
        for (Kind kind : kinds) {
            Fault fault = invent(random, kind, deviceProcesses);
            for (int attempt = 0; attempt < 100 && clashes(fault, faults); attempt++) {
                fault = invent(random, kind, deviceProcesses);
            }
            if (!clashes(fault, faults)) {
                faults.add(fault);
            }
        }
        faults.sort(Comparator.comparing(Fault::at));
        return new FaultScript(List.copyOf(faults));
    }

    private static Fault invent(Random random, Kind kind, int deviceProcesses) {
        Duration at = millis(random, 1_000, 55_000);
        return switch (kind) {
            case KILL_DEVICES -> new Fault(kind, random.nextInt(deviceProcesses), at, millis(random, 200, 3_000));
            case KILL_NODE -> new Fault(kind, random.nextInt(NODES), at, millis(random, 500, 6_000));
            case KILL_BROKER -> new Fault(kind, random.nextInt(BROKERS), at, millis(random, 1_000, 8_000));
            case CUT_KAFKA -> new Fault(kind, 0, at, millis(random, 3_000, 30_000));
            case HALF_OPEN -> new Fault(kind, random.nextInt(NODES), at, Duration.ZERO);
            case HALT_NODE -> new Fault(kind, random.nextInt(NODES), at, HALT);
        };
    }

    private static boolean clashes(Fault fault, List<Fault> others) {
        return others.stream()
                .anyMatch(other -> fault.at().compareTo(other.ends().plusSeconds(1)) < 0
                        && other.at().compareTo(fault.ends().plusSeconds(1)) < 0
                        && strikeTheSame(fault, other));
    }

    private static boolean strikeTheSame(Fault one, Fault two) {
        boolean brokers = one.kind() == Kind.KILL_BROKER && two.kind() == Kind.KILL_BROKER;
        boolean devices = one.kind() == Kind.KILL_DEVICES && two.kind() == Kind.KILL_DEVICES;
        boolean cuts = one.kind() == Kind.CUT_KAFKA && two.kind() == Kind.CUT_KAFKA;
        boolean nodes = isOfNode(one) && isOfNode(two);
        return brokers || cuts || ((devices || nodes) && one.which() == two.which());
    }

    private static boolean isOfNode(Fault fault) {
        return fault.kind() == Kind.KILL_NODE || fault.kind() == Kind.HALT_NODE;
    }

    private static Duration millis(Random random, int least, int most) {
        return Duration.ofMillis(least + random.nextInt(most - least));
    }
}
