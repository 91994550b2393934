package io.fleetline.system.delivery;

import io.fleetline.protocol.Lane;

/** A number of a stream, whichever run it belongs to; 0 stands for the stream. */
record Seq(Lane lane, long store, long seq) {}
