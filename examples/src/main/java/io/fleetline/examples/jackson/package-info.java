/** Publishes an application's own classes by way of Jackson. */
@org.jspecify.annotations.NullMarked
package io.fleetline.examples.jackson;
