/** Lets two or more sides run in turn, and says how they compare. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.measure;
