/** Knows the devices and tenants, their credentials and limits. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.registry;
