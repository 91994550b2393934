/** Turns frames into bytes and bytes into frames, and walks a body without decoding it. */
@org.jspecify.annotations.NullMarked
package io.fleetline.protocol.cbor;
