/** Lets JMH measure a side. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.jmh;
