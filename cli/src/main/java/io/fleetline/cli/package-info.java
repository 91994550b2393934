/** The fleetline command, one class per verb. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli;
