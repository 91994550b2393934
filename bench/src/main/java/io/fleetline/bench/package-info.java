/** Measures Fleetline beside what it is compared with, in the same run. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench;
