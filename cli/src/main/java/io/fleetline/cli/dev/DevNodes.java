package io.fleetline.cli.dev;

import java.net.URI;
import java.util.List;

/** The nodes of an instance. Closing ends them. */
interface DevNodes extends AutoCloseable {
    /** Where devices connect. */
    List<URI> endpoints();

    @Override
    void close();
}
