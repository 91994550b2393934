/** Says what was measured: as one JSON line, as a table. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.report;
