/** Starts, watches and ends the brokers behind {@link io.fleetline.devkafka.DevKafka}; not for use from elsewhere. */
@org.jspecify.annotations.NullMarked
package io.fleetline.devkafka.internal;
