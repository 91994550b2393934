package io.fleetline.ingest.jetty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** Where a request comes from, as far as that can be believed. */
final class Sources {
    private final TrustedProxies proxies;
    private final ProxyConfig.AddressFrom addressFrom;

    Sources(ProxyConfig config) {
        this.proxies = TrustedProxies.parse(config.trusted());
        this.addressFrom = config.address();
    }

    /** The device's address, without its port; that of the last proxy if that one does not say. */
    String of(Request request) {
        // Where proxies speak the PROXY protocol, this is what they said by it, and ProxyGate has seen to who may.
        String peer = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress address
                        && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : String.valueOf(request.getConnectionMetaData().getRemoteSocketAddress());
        return addressFrom == ProxyConfig.AddressFrom.X_FORWARDED_FOR && proxies.sent(request)
                ? forwardedFor(request).orElse(peer)
                : peer;
    }

    /**
     * Each proxy appends the address that it was reached from, and a client may begin with whatever it likes. So the list is
     * read from its end, as long as it is trusted proxies that wrote it.
     */
    private Optional<String> forwardedFor(Request request) {
        List<String> hops = request.getHeaders().getCSV(HttpHeader.X_FORWARDED_FOR, false);
        Optional<String> source = Optional.empty();
        for (int i = hops.size() - 1; i >= 0; i--) {
            Optional<InetAddress> hop = IpLiteral.parseWithPort(hops.get(i));
            if (hop.isEmpty()) {
                return source;
            }
            source = hop.map(InetAddress::getHostAddress);
            if (!proxies.trusts(hop.get())) {
                return source;
            }
        }
        return source;
    }
}
