/** Says whether Kafka holds what receipts promised, from its own reading of the bytes. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator.proof;
