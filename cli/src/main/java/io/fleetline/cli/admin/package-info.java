/** Speaks to a node's admin API for the verbs that change the registry. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli.admin;
