package io.fleetline.cli.dev;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The certificate authority of a state directory and the certificate that it gave to the nodes, as PEM files. Made at
 * the first start and kept, so that a device that trusts it goes on doing so; renewed before its time is over.
 *
 * @param certificate the authority's own certificate: what devices are to trust
 * @param serverChain the nodes' certificate, followed by the authority's
 * @param serverKey the nodes' private key
 */
public record DevAuthority(Path certificate, Path serverChain, Path serverKey) {
    static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    /** Apple's and Chromium's limit for a server's certificate is 398 days; a browser may be pointed at a node. */
    static final Duration SERVER_VALIDITY = Duration.ofDays(365);
    /** Renewed when less than this is left. */
    static final Duration RENEWAL = Duration.ofDays(30);

    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /**
     * The authority in this directory, with a certificate for the nodes of this machine; both made or renewed where
     * needed.
     *
     * @throws CliFailure if the files cannot be read or written
     */
    public static DevAuthority open(Path directory, Clock clock) {
        return open(directory, clock, namesOfThisMachine());
    }

    static DevAuthority open(Path directory, Clock clock, Set<String> names) {
        Path caFile = directory.resolve("ca.pem");
        Path caKeyFile = directory.resolve("ca-key.pem");
        DevAuthority authority =
                new DevAuthority(caFile, directory.resolve("server.pem"), directory.resolve("server-key.pem"));
        try {
            Instant now = clock.instant();
            // The authority outlives whatever it signs.
            Optional<Issued> ca = read(caFile, caKeyFile).filter(found -> found.isValidAt(now.plus(SERVER_VALIDITY)));
            Optional<Issued> server = read(authority.serverChain, authority.serverKey)
                    .filter(found ->
                            found.isValidAt(now.plus(RENEWAL)) && found.names().containsAll(names));
            if (ca.isPresent() && server.isPresent() && server.get().isSignedBy(ca.get())) {
                return authority;
            }
            Issuer issuer = new Issuer(clock);
            Issued authorityNow = ca.orElseGet(() -> issuer.authority(AUTHORITY_VALIDITY));
            if (ca.isEmpty()) {
                write(authorityNow, caFile, caKeyFile);
            }
            write(issuer.server(authorityNow, names, SERVER_VALIDITY), authority.serverChain, authority.serverKey);
            return authority;
        } catch (IOException e) {
            throw new CliFailure("cannot keep certificates in " + directory + ": " + FileTrouble.describe(e), e);
        }
    }

    /** A private key and the certificates that speak for it, its own first. */
    record Issued(PrivateKey key, List<X509Certificate> chain) {
        X509Certificate certificate() {
            return chain.get(0);
        }

        boolean isValidAt(Instant moment) {
            return moment.isBefore(certificate().getNotAfter().toInstant());
        }

        boolean keyFits() throws GeneralSecurityException {
            byte[] text = {1, 2, 3};
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certificate().getPublicKey());
            signature.update(text);
            return signature.verify(signed);
        }

        boolean isSignedBy(Issued authority) {
            try {
                certificate().verify(authority.certificate().getPublicKey());
                return true;
            } catch (GeneralSecurityException e) {
                return false;
            }
        }

        /** The DNS names and addresses that the certificate is good for. */
        Set<String> names() {
            Set<String> names = new LinkedHashSet<>();
            try {
                Collection<List<?>> all = certificate().getSubjectAlternativeNames();
                if (all != null) {
                    all.forEach(name -> names.add(String.valueOf(name.get(1))));
                }
            } catch (GeneralSecurityException e) {
                return Set.of();
            }
            return names;
        }
    }

    /** What a node of this machine may be called. Addresses are written as X.509 gives them back. */
    private static Set<String> namesOfThisMachine() {
        Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"));
        try {
            String host = InetAddress.getLocalHost().getHostName();
            if (host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?") && !host.matches("[0-9.]+")) {
                names.add(host);
            }
        } catch (UnknownHostException e) {
            // A machine that cannot look itself up is reached as localhost.
        }
        return names;
    }

    /** What lies in these files; empty if anything is missing or damaged, for it can be made anew. */
    private static Optional<Issued> read(Path chainFile, Path keyFile) throws IOException {
        if (!Files.exists(chainFile) || !Files.exists(keyFile)) {
            return Optional.empty();
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(chainFile)))) {
                chain.add((X509Certificate) certificate);
            }
            String pem = Files.readString(keyFile, US_ASCII);
            byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            PrivateKey privateKey = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
            if (chain.isEmpty()) {
                return Optional.empty();
            }
            Issued found = new Issued(privateKey, chain);
            return found.keyFits() ? Optional.of(found) : Optional.empty();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void write(Issued issued, Path chainFile, Path keyFile) throws IOException {
        StringBuilder chain = new StringBuilder();
        for (X509Certificate certificate : issued.chain()) {
            try {
                chain.append(pem("CERTIFICATE", certificate.getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("a certificate that was just made cannot be encoded", e);
            }
        }
        // The key first: a start that is cut off in between finds a key that does not fit, and makes both anew.
        PrivateFile.writePrivate(keyFile, pem("PRIVATE KEY", issued.key().getEncoded()));
        PrivateFile.writeReadable(chainFile, chain.toString());
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + PEM.encodeToString(content) + "\n-----END " + kind + "-----\n";
    }
}
