/** Measures what the stream filter costs a reader. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.filter;
