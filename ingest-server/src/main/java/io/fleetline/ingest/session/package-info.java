/** One connected device: its handshake, which frames are legal now, its end. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.session;
