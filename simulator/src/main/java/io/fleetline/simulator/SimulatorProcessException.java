package io.fleetline.simulator;

/** A process that plays a share of the fleet has ended, or does not answer, and nobody wanted that. */
public final class SimulatorProcessException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SimulatorProcessException(String message) {
        super(message);
    }
}
