/** Talks to whoever runs a command: in sentences, exit codes, a live line, a log. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli.terminal;
