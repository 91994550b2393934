/**
 * Writes the events topic once more, exactly once and in order.
 *
 * <p>{@link io.fleetline.exact.ExactStageMain} is the program, {@link io.fleetline.exact.ExactStage} the same for those who
 * run it in a process of theirs.
 */
@org.jspecify.annotations.NullMarked
package io.fleetline.exact;
