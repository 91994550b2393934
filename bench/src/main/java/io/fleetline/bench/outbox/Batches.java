package io.fleetline.bench.outbox;

/**
 * How much the outbox forces at once, on average.
 *
 * @param bytes handed to the disk
 * @param events that they hold
 */
record Batches(int bytes, double events) {}
