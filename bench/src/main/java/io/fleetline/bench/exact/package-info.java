/** Measures what the exact stage costs. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.exact;
