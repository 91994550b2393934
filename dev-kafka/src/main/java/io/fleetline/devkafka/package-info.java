/** Runs a real Kafka in this process or as child processes, for trying out and for tests. */
@org.jspecify.annotations.NullMarked
package io.fleetline.devkafka;
