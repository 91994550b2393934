/** Measures how long the check of a body takes, beside a walk over the same bytes with Jackson. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.walk;
