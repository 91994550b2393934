package io.fleetline.device.internal.transport;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fleetline.testkit.TestAuthority;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Certificates on a device whose clock may be anywhere. */
class FlooredTrustTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final TestAuthority authority = TestAuthority.create();
    private final Instant now = Instant.now();
    private final AtomicLong clock = new AtomicLong(now.toEpochMilli());

    private FlooredTrust trust(Instant built, Instant seen) throws Exception {
        TimeFloor floor = new TimeFloor(clock::get, built.toEpochMilli());
        floor.seen(seen.toEpochMilli());
        return new FlooredTrust(Optional.of(authority.trustStore()), floor);
    }

    private FlooredTrust trust() throws Exception {
        Instant yesterday = now.minus(DAY);
        return trust(yesterday, yesterday);
    }

    private X509Certificate[] valid(Instant from, Instant to) {
        return authority.server(from, to, "localhost").chain().toArray(X509Certificate[]::new);
    }

    private static void assertAccepts(FlooredTrust trust, X509Certificate... chain) {
        assertThatCode(() -> trust.checkServerTrusted(chain, "UNKNOWN")).doesNotThrowAnyException();
    }

    private static void assertRefuses(FlooredTrust trust, X509Certificate... chain) {
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> trust.checkServerTrusted(chain, "UNKNOWN"));
    }

    @Test
    void aClockThatCanBeRightIsGoneBy() throws Exception {
        assertAccepts(trust(), valid(now.minus(Duration.ofHours(1)), now.plus(DAY)));
        assertRefuses(trust(), valid(now.minus(DAY), now.minus(Duration.ofHours(1))));
        assertRefuses(trust(), valid(now.plus(Duration.ofHours(1)), now.plus(DAY)));
    }

    @Test
    void aDeviceThatBootsIn1970ChecksAsOfTheFloorAndTakesWhatBeginsLater() throws Exception {
        clock.set(0);
        assertAccepts(trust(), valid(now.minus(Duration.ofHours(1)), now.plus(DAY)));
        assertAccepts(trust(), valid(now.plus(Duration.ofHours(1)), now.plus(DAY)));
    }

    @Test
    void aDeviceThatBootsIn1970RefusesWhatHadEndedBeforeTheFloor() throws Exception {
        clock.set(0);
        assertRefuses(trust(now, now), valid(now.minus(DAY), now.minus(Duration.ofMinutes(1))));
        Instant built = now.minus(DAY);
        assertAccepts(trust(built, built), valid(now.minus(DAY), now.minus(Duration.ofMinutes(1))));
        assertRefuses(trust(built, now), valid(now.minus(DAY), now.minus(Duration.ofMinutes(1))));
    }

    @Test
    void aNodeThatOnceSaidAnAbsurdTimeDoesNotShutOutADeviceWhoseClockIsRight() throws Exception {
        FlooredTrust misled = trust(now.minus(DAY), now.plus(Duration.ofDays(3650)));
        assertAccepts(misled, valid(now.minus(Duration.ofHours(1)), now.plus(DAY)));
    }

    @Test
    void aClockThatIsBehindWhatANodeSaidTakesWhatIsValidByNow() throws Exception {
        clock.set(now.minus(Duration.ofHours(20)).toEpochMilli());
        assertAccepts(trust(now.minus(DAY), now), valid(now.minus(Duration.ofHours(1)), now.plus(DAY)));
    }

    @Test
    void aStrangerIsRefusedWhateverTheClockSays() throws Exception {
        X509Certificate[] foreign =
                TestAuthority.create("A stranger").server("localhost").chain().toArray(X509Certificate[]::new);
        assertRefuses(trust(), foreign);
        clock.set(0);
        assertRefuses(trust(), foreign);
    }
}
