/**
 * The side of a broker that Kafka's own classes run on: in a process of its own, or in this one behind a class loader of
 * its own. Nothing here is referred to from outside but {@link io.fleetline.devkafka.node.HostedBroker}, what it
 * is made of, and values of the JDK.
 */
@org.jspecify.annotations.NullMarked
package io.fleetline.devkafka.node;
