/** P12: what it costs a device to keep an event on disk. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.outbox;
