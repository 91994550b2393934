/** Speaks HTTP for operators: the registry's API, health and figures. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.admin;
