/** Runs each command once and remembers how it ended. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device.internal.command;
