package io.fleetline.ingest.jetty;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.InetAddressSet;

/** Which peers are proxies whose word counts. */
final class TrustedProxies {
    private final InetAddressSet networks;

    private TrustedProxies(InetAddressSet networks) {
        this.networks = networks;
    }

    /**
     * Reads networks in CIDR notation (RFC 4632, section 3.1) and single addresses, separated by commas.
     *
     * @throws IllegalArgumentException naming the one that is none, or that is the whole of an address family
     */
    static TrustedProxies parse(String networks) {
        InetAddressSet set = new InetAddressSet();
        split(networks).forEach(network -> {
            int slash = network.indexOf('/');
            String address = slash < 0 ? network : network.substring(0, slash);
            // A name would be looked up.
            if (IpLiteral.parse(address).isEmpty()) {
                throw notANetwork(network, "not an address or network such as 10.1.0.0/16", null);
            }
            if (slash >= 0 && network.substring(slash + 1).matches("0+")) {
                throw notANetwork(network, "everybody: then everybody could say where they come from", null);
            }
            try {
                set.add(network);
            } catch (IllegalArgumentException e) {
                throw notANetwork(network, "not a network: the prefix is too long, or bits after it are set", e);
            }
        });
        return new TrustedProxies(set);
    }

    private static List<String> split(String networks) {
        return Arrays.stream(networks.split(",", -1))
                .map(String::strip)
                .filter(network -> !network.isEmpty())
                .toList();
    }

    private static IllegalArgumentException notANetwork(
            String network, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException("listener.proxy.trusted has " + network + ", which is " + why, cause);
    }

    boolean isEmpty() {
        return networks.isEmpty();
    }

    boolean trusts(SocketAddress peer) {
        return peer instanceof InetSocketAddress address && networks.test(address.getAddress());
    }

    boolean trusts(java.net.InetAddress address) {
        return networks.test(address);
    }

    /** Whether what sent this request is a trusted proxy: by its socket, whatever has been said since. */
    boolean sent(Request request) {
        return trusts(peer(request));
    }

    private static SocketAddress peer(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper layer) {
            endPoint = layer.unwrap();
        }
        return endPoint.getRemoteSocketAddress();
    }
}
