/** Virtual time, a frame pipe, a faulty link and printed seeds, for tests. */
@org.jspecify.annotations.NullMarked
package io.fleetline.testkit;
