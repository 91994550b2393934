package io.fleetline.cli.dev;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The nodes of an instance. Closing ends them. */
interface DevNodes extends AutoCloseable {
    /** Where devices connect. */
    List<URI> endpoints();

    /** The processes that they run in, by name; none for nodes in this process. */
    Map<String, ProcessHandle> processes();

    /** Ends a node, numbered from 1, without warning. */
    void kill(int number) throws InterruptedException;

    /** Starts a node again that was ended, where it listened before, and returns when it is ready. */
    void restart(int number) throws IOException;

    @Override
    void close();
}
