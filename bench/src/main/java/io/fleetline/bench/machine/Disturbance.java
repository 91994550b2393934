package io.fleetline.bench.machine;

import java.time.Duration;

/**
 * How much of the machine others used while something was measured on it.
 *
 * @param othersCores what processes outside the measurement used, in cores: 0.5 is half of one core all the time
 * @param stolenCores what the hypervisor withheld, in cores
 */
public record Disturbance(double othersCores, double stolenCores) {
    /** A measurement counts as disturbed when others had more than this much of one core. */
    public static final double LIMIT_CORES = 0.2;

    /** Whether others had so much of the machine that the figures may be theirs. */
    public boolean disturbed() {
        return othersCores + stolenCores > LIMIT_CORES;
    }

    /** Begins to watch. */
    public static Watch watch(Procfs procfs) {
        return new Watch(procfs, Clock.nanos(), procfs.ofMachine(), procfs.ofThisProcessTree());
    }

    /** Knows how it was at the beginning. */
    public static final class Watch {
        private final Procfs procfs;
        private final long beganNanos;
        private final MachineCpu machine;
        private final Duration ours;

        private Watch(Procfs procfs, long beganNanos, MachineCpu machine, Duration ours) {
            this.procfs = procfs;
            this.beganNanos = beganNanos;
            this.machine = machine;
            this.ours = ours;
        }

        /** What others used from the beginning until now. */
        public Disturbance soFar() {
            return between(
                    Duration.ofNanos(Clock.nanos() - beganNanos),
                    machine,
                    ours,
                    procfs.ofMachine(),
                    procfs.ofThisProcessTree());
        }
    }

    static Disturbance between(
            Duration elapsed, MachineCpu machineThen, Duration oursThen, MachineCpu machineNow, Duration oursNow) {
        Duration used = machineNow.used().minus(machineThen.used());
        Duration others = used.minus(oursNow.minus(oursThen));
        return new Disturbance(
                Math.max(0, cores(others, elapsed)), cores(machineNow.stolen().minus(machineThen.stolen()), elapsed));
    }

    private static double cores(Duration cpu, Duration elapsed) {
        return elapsed.isZero() ? 0 : (double) cpu.toNanos() / elapsed.toNanos();
    }
}
