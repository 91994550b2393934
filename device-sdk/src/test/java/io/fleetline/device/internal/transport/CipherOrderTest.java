package io.fleetline.device.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CipherOrderTest {
    private static final String RASPBERRY_PI_4 = "Features\t: fp asimd evtstrm crc32 cpuid\n";
    private static final String RASPBERRY_PI_5 = "Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics\n";

    @TempDir
    private Path directory;

    private Path cpuinfo(String content) throws IOException {
        return Files.writeString(directory.resolve("cpuinfo"), "processor\t: 0\n" + content);
    }

    @Test
    void chachaIsOfferedFirstWhereTheProcessorHasNoAes() throws Exception {
        SslContextFactory.Client tls = new SslContextFactory.Client();
        tls.setCipherComparator(
                CipherOrder.of("aarch64", cpuinfo(RASPBERRY_PI_4)).orElseThrow());
        tls.start();
        List<String> offered = new ArrayList<>(Arrays.asList(tls.newSSLEngine().getEnabledCipherSuites()));
        assertThat(offered.get(0)).contains("CHACHA20");
        assertThat(offered).contains("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256");
        tls.stop();
    }

    @Test
    void theJdksOrderStaysWhereverThatIsNotCertain() throws IOException {
        assertThat(CipherOrder.of("aarch64", cpuinfo(RASPBERRY_PI_5))).isEmpty();
        assertThat(CipherOrder.of("aarch64", cpuinfo("no features told"))).isEmpty();
        assertThat(CipherOrder.of("aarch64", directory.resolve("missing"))).isEmpty();
        assertThat(CipherOrder.of("amd64", cpuinfo(RASPBERRY_PI_4))).isEmpty();
    }

    @Test
    void thirtyTwoBitArmIsLookedAtToo() throws IOException {
        String raspberryPi2 = "Features\t: half thumb fastmult vfp edsp neon vfpv3\n";
        assertThat(CipherOrder.of("arm", cpuinfo(raspberryPi2))).isPresent();
    }
}
