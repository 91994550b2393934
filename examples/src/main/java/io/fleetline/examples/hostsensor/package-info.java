/** The worked device: publishes what this machine measures of itself, and answers commands. */
@org.jspecify.annotations.NullMarked
package io.fleetline.examples.hostsensor;
