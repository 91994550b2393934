package io.fleetline.ingest.jetty;

import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Request;

/** Where a request comes from. */
final class Sources {
    private Sources() {}

    /** The peer's address, without its port. */
    static String of(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : String.valueOf(request.getConnectionMetaData().getRemoteSocketAddress());
    }
}
