package io.fleetline.device;

import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.Proof;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.device.internal.credential.IssuedCredentials;
import io.fleetline.device.internal.credential.MadeCredentials;
import io.fleetline.device.internal.credential.TokenSigner;
import io.fleetline.device.internal.transport.TransportSettings;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Turns a {@link Credential} into what the connection and the transport want to have. */
final class Proofs {
    private Proofs() {}

    /**
     * What to show in handshakes. Before each, the transport reads what has changed in its files.
     *
     * @param disk runs what blocks on files and on signing
     * @param application runs the application's code
     */
    static Credentials of(
            DeviceId device, Credential credential, Transport transport, Executor disk, Executor application) {
        if (credential instanceof Credential.Secret secret) {
            Proof proof = basic(device, secret.value());
            return made(disk, transport, false, () -> proof);
        }
        if (credential instanceof Credential.SecretFile secret) {
            return made(disk, transport, true, () -> basic(device, read(secret.file())));
        }
        if (credential instanceof Credential.SigningKey key) {
            TokenSigner signer =
                    new TokenSigner(key.key(), key.keyId(), device.toString(), key.audience(), key.lifetime());
            return new MadeCredentials(disk, true, nowMillis -> {
                transport.refresh();
                return Proof.until("Bearer " + signer.sign(nowMillis), signer.endsAtMillis(nowMillis));
            });
        }
        if (credential instanceof Credential.Tokens tokens) {
            return new IssuedCredentials(application, () -> {
                transport.refresh();
                return bearer(tokens.supplier().token());
            });
        }
        return made(disk, transport, true, () -> Proof.BY_CERTIFICATE);
    }

    private interface Maker {
        Proof make();
    }

    private static Credentials made(Executor disk, Transport transport, boolean renewable, Maker maker) {
        return new MadeCredentials(disk, renewable, nowMillis -> {
            transport.refresh();
            return maker.make();
        });
    }

    private static Proof basic(DeviceId device, String secret) {
        byte[] plain = (device + ":" + secret).getBytes(StandardCharsets.UTF_8);
        return Proof.of("Basic " + Base64.getEncoder().encodeToString(plain));
    }

    private static Proof bearer(TokenSupplier.Token token) {
        String header = "Bearer " + token.value();
        return token.ends()
                .map(ends -> Proof.until(header, ends.toEpochMilli()))
                .orElseGet(() -> Proof.of(header));
    }

    /** A secret in a file. */
    static String read(Path file) {
        try {
            return new Credential.Secret(Files.readString(file).strip()).value();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the secret in " + file + ": " + e, e);
        }
    }

    /** The key that the transport shows, if that is how the device proves who it is. */
    static Optional<TransportSettings.ClientKey> clientKey(Credential credential) {
        if (!(credential instanceof Credential.ClientCertificate certificate)) {
            return Optional.empty();
        }
        if (certificate.keyStore() instanceof Credential.KeyFiles.Pem pem) {
            return Optional.of(new TransportSettings.ClientKey.Pem(pem.chain(), pem.key()));
        }
        Credential.KeyFiles.Pkcs12 pkcs12 = (Credential.KeyFiles.Pkcs12) certificate.keyStore();
        return Optional.of(new TransportSettings.ClientKey.Pkcs12(pkcs12.file(), pkcs12.password()));
    }
}
