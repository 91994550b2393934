package io.fleetline.bench.wss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ServerHelloTest {
    /** The server's first record of the simple handshake of RFC 8448, section 3. */
    private static final String RFC_8448 =
            "160303005a020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928"
                    + "00130100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304";

    @Test
    void versionSuiteAndGroupAreThoseOfTheMessage() {
        assertThat(ServerHello.parse(bytes(RFC_8448)))
                .isEqualTo(new ServerHello("TLSv1.3", "TLS_AES_128_GCM_SHA256", "x25519"))
                .hasToString("TLSv1.3, TLS_AES_128_GCM_SHA256, x25519");
    }

    @Test
    void whatComesAfterItIsNotLookedAt() {
        assertThat(ServerHello.parse(bytes(RFC_8448 + "14030300010117030300")))
                .hasToString("TLSv1.3, TLS_AES_128_GCM_SHA256, x25519");
    }

    @Test
    void whatHasNoNameHereIsANumber() {
        String other = RFC_8448.replace("00130100002e", "00c02b00002e").replace("0024001d0020", "002411ec0020");
        assertThat(ServerHello.parse(bytes(other))).isEqualTo(new ServerHello("TLSv1.3", "0xc02b", "0x11ec"));
    }

    @Test
    void withoutTheExtensionItIsTheOldVersion() {
        String old = "1603030036020000320303" + "00".repeat(32) + "00c02f00" + "0009" + "ff0100010000170000";
        assertThat(ServerHello.parse(bytes(old)).version()).isEqualTo("TLSv1.2");
        assertThat(ServerHello.parse(bytes(old)).group()).isEqualTo("no group of its own");
    }

    @Test
    void lessThanTheMessageIsAnError() {
        byte[] whole = bytes(RFC_8448);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ServerHello.parse(part))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the ServerHello ends within " + length + " bytes");
        }
    }

    @Test
    void anAlertIsNone() {
        assertThatThrownBy(() -> ServerHello.parse(bytes("15030300020228")))
                .hasMessage("what the server sent first is no ServerHello: record type 21");
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
