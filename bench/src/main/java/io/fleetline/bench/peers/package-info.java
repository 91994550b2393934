/** Measures a node beside the brokers that somebody might take instead. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.peers;
