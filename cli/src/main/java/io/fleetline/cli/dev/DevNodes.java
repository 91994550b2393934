package io.fleetline.cli.dev;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** The nodes of an instance. Closing ends them. */
interface DevNodes extends AutoCloseable {
    /** Where devices connect. */
    List<URI> endpoints();

    /** The processes that they run in, by name; none for nodes in this process. */
    Map<String, ProcessHandle> processes();

    @Override
    void close();
}
