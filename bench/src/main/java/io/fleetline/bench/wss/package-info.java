/** Opens WebSocket connections over TLS for whoever plays devices, and knows how each handshake was made. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.wss;
