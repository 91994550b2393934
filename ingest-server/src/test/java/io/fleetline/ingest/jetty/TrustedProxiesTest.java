package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private static final String NETWORKS = "10.1.0.0/16, 192.0.2.7,2001:db8:5::/48, ::1";

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0, true",
        "10.1.255.255, true",
        "10.2.0.0, false",
        "10.0.255.255, false",
        "192.0.2.7, true",
        "192.0.2.8, false",
        "2001:db8:5:ffff::1, true",
        "2001:db8:6::1, false",
        "::1, true",
        "::ffff:10.1.2.3, true",
        "::2, false"
    })
    void whoIsInANetworkIsTrustedAndNobodyElse(String address, boolean trusted) throws Exception {
        assertThat(TrustedProxies.parse(NETWORKS).trusts(new InetSocketAddress(address, 4_711)))
                .isEqualTo(trusted);
    }

    @Test
    void withoutNetworksNobodyIsTrusted() throws Exception {
        assertThat(TrustedProxies.parse(" ").trusts(InetAddress.getLoopbackAddress()))
                .isFalse();
    }

    @Test
    void aListOfNothingNamesNobody() {
        assertThatThrownBy(() -> new ProxyConfig(
                        " , ", ProxyConfig.AddressFrom.PROXY_PROTOCOL, ProxyConfig.CertificateFrom.NONE))
                .hasMessageContaining("names nobody");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example",
                "10.1.0.0/33",
                "10.1.2.3/16",
                "2001:db8::/129",
                "10.1",
                "10.1.0.0/",
                "10.1.0.0-9"
            })
    void whatIsNoNetworkIsRefusedByName(String network) {
        assertThatThrownBy(() -> TrustedProxies.parse("127.0.0.1, " + network))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("listener.proxy.trusted has " + network);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "::/0", "0.0.0.0/00"})
    void everybodyIsNoNetworkOfProxies(String network) {
        assertThatThrownBy(() -> TrustedProxies.parse(network)).hasMessageContaining("everybody");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1:4711, 192.0.2.1",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]:4711, 2001:db8:0:0:0:0:0:1"
    })
    void anAddressInAHeaderMayHaveAPort(String text, String address) {
        assertThat(IpLiteral.parseWithPort(text))
                .map(InetAddress::getHostAddress)
                .contains(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "_hidden",
                "localhost",
                "256.1.1.1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.4:",
                "[::1",
                "[::1]x",
                ":::"
            })
    void whatIsNoAddressIsNeverLookedUp(String text) {
        assertThat(IpLiteral.parseWithPort(text)).isEmpty();
    }

    @Test
    void howProxiesSpeakMakesSenseOnlyWhereThereAreSome() {
        assertThatThrownBy(() ->
                        new ProxyConfig("", ProxyConfig.AddressFrom.X_FORWARDED_FOR, ProxyConfig.CertificateFrom.NONE))
                .hasMessageContaining("listener.proxy.trusted names nobody");
        assertThatThrownBy(() ->
                        new ProxyConfig("", ProxyConfig.AddressFrom.NONE, ProxyConfig.CertificateFrom.CLIENT_CERT))
                .hasMessageContaining("listener.proxy.trusted names nobody");
    }
}
