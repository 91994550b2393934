/** The frames that the two sides exchange, as values that are valid once constructed. */
@org.jspecify.annotations.NullMarked
package io.fleetline.protocol;
