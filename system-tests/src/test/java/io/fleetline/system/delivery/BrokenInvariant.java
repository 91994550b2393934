package io.fleetline.system.delivery;

/** A history in which an invariant does not hold. */
final class BrokenInvariant extends AssertionError {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    BrokenInvariant(Invariant invariant, String how) {
        super(invariant + ": " + how);
        this.invariant = invariant;
    }

    Invariant invariant() {
        return invariant;
    }
}
