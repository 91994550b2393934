/** Says what is wrong with a file of certificates or keys. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.tls;
