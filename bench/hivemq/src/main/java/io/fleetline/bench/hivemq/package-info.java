/** HiveMQ Community Edition as a program of its own, for whoever measures it. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.hivemq;
