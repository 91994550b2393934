package io.fleetline.simulator;

import io.fleetline.simulator.network.Condition;
import io.fleetline.simulator.network.Gate;
import io.fleetline.simulator.scenario.Fault;

/** Has the faults of a scenario done when they are due. */
final class Faults {
    private Faults() {}

    /** @param fromNanos what was over by then is left out */
    static void schedule(Fault fault, Gate gate, Pacer pacer, long fromNanos) {
        long beginNanos = fault.at().toNanos();
        long endNanos = beginNanos + fault.length().toNanos();
        if (endNanos < fromNanos) {
            return;
        }
        if (fault.kind() == Fault.Kind.DISCONNECT) {
            pacer.add(beginNanos, dueNanos -> {
                gate.reset(fault.share());
                return Pacer.NEVER;
            });
            return;
        }
        Condition condition = new Condition(
                kind(fault.kind()), fault.share(), fault.delay().toNanos(), fault.loss(), fault.bytesPerSecond());
        pacer.add(Math.max(beginNanos, fromNanos), dueNanos -> {
            gate.begin(condition);
            return Pacer.NEVER;
        });
        pacer.add(endNanos, dueNanos -> {
            gate.end(condition);
            return Pacer.NEVER;
        });
    }

    private static Condition.Kind kind(Fault.Kind kind) {
        return switch (kind) {
            case CUT -> Condition.Kind.CUT;
            case HALF_OPEN -> Condition.Kind.HALF_OPEN;
            case DELAY -> Condition.Kind.DELAY;
            case LOSS -> Condition.Kind.LOSS;
            case SLOW_READER -> Condition.Kind.SLOW_READER;
            case DISCONNECT, EXPIRED_CREDENTIAL ->
                throw new IllegalArgumentException(kind + " is nothing that a connection suffers for a while");
        };
    }
}
