/** Says who is connected where, and which connection is the newer one. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.presence;
