package io.fleetline.bench.child;

/** A child process could not do what it was asked; says which child, what, and why. */
public final class ChildException extends Exception {
    /** With a text that names the child and the question. */
    public ChildException(String message) {
        super(message);
    }
}
