package io.fleetline.bench.wss;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Instant;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

class HandshakesTest {
    private static final Instant FIRST = Instant.parse("2026-11-21T04:05:06Z");

    private final Handshakes handshakes = new Handshakes();

    @Test
    void aSessionOlderThanItsConnectionWasResumed() {
        handshakes.note(FIRST, session(FIRST.plusMillis(20)));
        handshakes.note(FIRST.plusMillis(50), session(FIRST.plusMillis(20)));
        handshakes.note(FIRST.plusMillis(90), session(FIRST.plusMillis(90)));
        assertThat(handshakes).hasToString("TLSv1.3 TLS_AES_256_GCM_SHA384, 2 full and 1 resumed handshakes");
    }

    @Test
    void countsBeginAnew() {
        handshakes.note(FIRST, session(FIRST.plusMillis(20)));
        handshakes.reset();
        assertThat(handshakes.resumedPart()).isZero();
        handshakes.note(FIRST.plusMillis(50), session(FIRST.plusMillis(50)));
        handshakes.note(FIRST.plusMillis(60), session(FIRST.plusMillis(50)));
        assertThat(handshakes.resumedPart()).isEqualTo(0.5);
        assertThat(handshakes).hasToString("TLSv1.3 TLS_AES_256_GCM_SHA384, 1 full and 1 resumed handshakes");
    }

    @Test
    void withoutAHandshakeThereIsNoTls() {
        assertThat(handshakes).hasToString("none");
    }

    private static SSLSession session(Instant created) {
        return (SSLSession) Proxy.newProxyInstance(
                SSLSession.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getCreationTime" -> created.toEpochMilli();
                    case "getProtocol" -> "TLSv1.3";
                    case "getCipherSuite" -> "TLS_AES_256_GCM_SHA384";
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
