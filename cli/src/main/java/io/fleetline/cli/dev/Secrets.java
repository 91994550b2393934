package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.examples.hostsensor.Credentials;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The secrets of devices, kept in a file so that a device stays the same from start to start. */
public final class Secrets {
    /** 192 random bits: nobody guesses them, and they take 32 characters that need no quoting anywhere. */
    private static final int SECRET_BYTES = 24;

    private Secrets() {}

    /**
     * The secret of each of these devices: that in the file, or a new one, which is added to it.
     *
     * @throws CliFailure if the file cannot be read or written
     */
    public static Map<DeviceId, String> keep(Path file, Collection<DeviceId> devices, SecureRandom random) {
        try {
            Map<DeviceId, String> secrets = new LinkedHashMap<>();
            if (Files.exists(file)) {
                Credentials.read(file).forEach(known -> secrets.put(known.identity(), known.secret()));
            }
            boolean added = false;
            for (DeviceId device : devices) {
                added |= secrets.putIfAbsent(device, generate(random)) == null;
            }
            if (added) {
                write(file, secrets);
            }
            return secrets;
        } catch (IOException e) {
            throw new CliFailure("cannot keep the devices' secrets: " + FileTrouble.describe(e), e);
        } catch (IllegalArgumentException e) {
            throw new CliFailure("cannot use the devices' secrets: " + e.getMessage(), e);
        }
    }

    private static String generate(SecureRandom random) {
        byte[] bits = new byte[SECRET_BYTES];
        random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    private static void write(Path file, Map<DeviceId, String> secrets) throws IOException {
        StringBuilder text = new StringBuilder("# Devices of this instance: tenant/device:secret\n");
        secrets.forEach((device, secret) ->
                text.append(device).append(':').append(secret).append('\n'));
        PrivateFile.writePrivate(file, text.toString());
    }
}
