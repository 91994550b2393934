/** Keeps records in files so that what was forced once is found again, whatever happens in between. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device.internal.log;
