package io.fleetline.ingest.kafka;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.ingest.tls.TlsFile;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Reads and judges the files of TLS towards Kafka, in the way of Kafka's clients: these would say what is wrong only at their
 * first connection, and of dates they say nothing.
 */
final class ClientFiles {
    private static final String PREFIX = "kafka.client.";

    /** All else goes into each of the two readings: the protocol, and where secrets come from. */
    private static final List<String> OF_KEYS = List.of("ssl.keystore.", "ssl.key.");

    private static final List<String> OF_AUTHORITIES = List.of("ssl.truststore.");

    private ClientFiles() {}

    /**
     * Reads what these settings name, if TLS is spoken at all.
     *
     * @throws IllegalArgumentException naming the setting, the file and what is wrong with it
     */
    static void check(Map<String, String> client, NodeTime time) {
        String protocol = client.getOrDefault("security.protocol", "PLAINTEXT").toUpperCase(Locale.ROOT);
        if (!protocol.endsWith("SSL") || client.containsKey(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG)) {
            return;
        }
        Instant now = Instant.ofEpochMilli(time.unixMillis());
        file(client, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG).ifPresent(file -> checkKeys(file, client, now));
        file(client, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG).ifPresent(file -> checkAuthorities(file, client, now));
    }

    private static void checkKeys(TlsFile file, Map<String, String> client, Instant now) {
        try (DefaultSslEngineFactory read = read(file, without(OF_AUTHORITIES, client))) {
            // Of each chain the first is the node's own; the rest is for the broker to judge.
            for (X509Certificate own : certificates(read.keystore())) {
                file.requireValid(own, now);
            }
        }
    }

    /** One authority whose time is not over is enough: which of them the brokers' certificates are from, they know. */
    private static void checkAuthorities(TlsFile file, Map<String, String> client, Instant now) {
        try (DefaultSslEngineFactory read = read(file, without(OF_KEYS, client))) {
            List<X509Certificate> authorities = certificates(read.truststore());
            if (authorities.isEmpty()) {
                throw file.wrong("has no certificate of an authority");
            }
            if (authorities.stream()
                    .allMatch(each -> file.whyNotValid(each, now).isPresent())) {
                file.requireValid(authorities.get(0), now);
            }
        }
    }

    private static Optional<TlsFile> file(Map<String, String> client, String key) {
        return Optional.ofNullable(client.get(key)).map(path -> new TlsFile(PREFIX + key, Path.of(path)));
    }

    private static DefaultSslEngineFactory read(TlsFile file, Map<String, String> settings) {
        if (!file.path().toString().contains("${")) {
            file.bytes(); // says better than Kafka's client what is wrong with a path
        }
        DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
        try {
            factory.configure(new AbstractConfig(new ConfigDef().withClientSslSupport(), settings, false).values());
        } catch (KafkaException e) {
            factory.close();
            throw file.wrong("cannot be used, as a store of the type and with the password given: " + reason(e), e);
        }
        return factory;
    }

    /** The innermost words: those around them say that something failed. */
    private static String reason(Throwable failure) {
        Throwable at = failure;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        return String.valueOf(at.getMessage());
    }

    private static Map<String, String> without(List<String> prefixes, Map<String, String> client) {
        Map<String, String> rest = new HashMap<>(client);
        rest.keySet().removeIf(key -> prefixes.stream().anyMatch(key::startsWith));
        return rest;
    }

    private static List<X509Certificate> certificates(KeyStore store) {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                    certificates.add(certificate);
                }
            }
            return certificates;
        } catch (KeyStoreException e) {
            throw new IllegalStateException("a store in memory that was loaded", e);
        }
    }
}
