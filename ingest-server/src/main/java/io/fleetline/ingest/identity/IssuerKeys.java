package io.fleetline.ingest.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.KeyAlgorithm;
import io.fleetline.ingest.registry.TokenIssuer;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.ingest.time.NodeTime;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the keys of issuers, which it fetches from where they publish them (RFC 7517). Nobody ever waits for that: what is
 * known now is what counts, and a key that is not known sets off a new fetch, though never more than one in
 * {@link #MIN_PAUSE}, so that made-up ids of keys cannot make this node a nuisance to an issuer. Keys that were fetched once
 * stay good while their issuer cannot be reached. Thread-safe.
 */
public final class IssuerKeys {
    /** Between two fetches from one issuer, whoever wants them. */
    static final Duration MIN_PAUSE = Duration.ofSeconds(15);

    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_KEYS = 100;
    /** What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410 section 10.1). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int ED25519_BYTES = 32;

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    private final NodeTime time;
    private final Duration timeout;
    private final Duration refresh;
    private final HttpClient http;
    private final ConcurrentMap<URI, Published> published = new ConcurrentHashMap<>();

    /**
     * Knows nothing yet.
     *
     * @param timeout how long one fetch may take in all
     * @param refresh how old keys may be before they are fetched again
     */
    public IssuerKeys(NodeTime time, Duration timeout, Duration refresh) {
        this.time = time;
        this.timeout = timeout;
        this.refresh = refresh;
        this.http = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** What one address has published. Guarded by itself. */
    private static final class Published {
        Map<String, DeviceKey> keys = Map.of();
        boolean everFetched;
        boolean fetching;
        boolean everTried;
        long triedNanos;
    }

    /** The issuer's key of exactly this id, as far as it is known now. */
    public Optional<DeviceKey> find(TokenIssuer issuer, String kid) {
        if (issuer.jwks().isEmpty()) {
            return issuer.keys().stream()
                    .filter(key -> key.id().equals(kid) && key.validity().contains(time.unixMillis()))
                    .findFirst();
        }
        URI uri = issuer.jwks().get();
        Published known = published.computeIfAbsent(uri, u -> new Published());
        DeviceKey key;
        boolean stale;
        synchronized (known) {
            key = known.keys.get(kid);
            stale = !known.everTried || time.nanos() - known.triedNanos >= refresh.toNanos();
        }
        if (key == null || stale) {
            fetch(uri, known);
        }
        return Optional.ofNullable(key);
    }

    /** Begins to fetch the keys of an issuer that a tenant trusts from now on. */
    public void prepare(TokenIssuer issuer) {
        issuer.jwks().ifPresent(uri -> {
            Published known = published.computeIfAbsent(uri, u -> new Published());
            synchronized (known) {
                if (known.everFetched) {
                    return;
                }
            }
            fetch(uri, known);
        });
    }

    /** Whether the issuer's keys are unknown only because they are on their way. */
    boolean areAwaited(TokenIssuer issuer) {
        Published known = issuer.jwks().map(published::get).orElse(null);
        if (known == null) {
            return false;
        }
        synchronized (known) {
            return known.fetching || !known.everFetched;
        }
    }

    /** Whether a fetch of the issuer's keys is under way. */
    boolean isFetching(TokenIssuer issuer) {
        Published known = issuer.jwks().map(published::get).orElse(null);
        if (known == null) {
            return false;
        }
        synchronized (known) {
            return known.fetching;
        }
    }

    private void fetch(URI uri, Published known) {
        synchronized (known) {
            long now = time.nanos();
            if (known.fetching || (known.everTried && now - known.triedNanos < MIN_PAUSE.toNanos())) {
                return;
            }
            known.fetching = true;
            known.everTried = true;
            known.triedNanos = now;
        }
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(
                HttpRequest.newBuilder(uri)
                        .timeout(timeout)
                        .header("Accept", "application/jwk-set+json, application/json")
                        .build(),
                info -> new LimitedBody(MAX_BYTES));
        // The request's own time limit ends with the answer's head; this one is for all of it.
        CompletableFuture<HttpResponse<byte[]>> unused = answer.copy()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((response, failure) -> {
                    if (failure != null) {
                        answer.cancel(true);
                    }
                    take(uri, known, response, failure);
                });
    }

    private static void take(
            URI uri, Published known, @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        Map<String, DeviceKey> keys = Map.of();
        String trouble = failure == null ? null : failure.toString();
        if (response != null && failure == null) {
            try {
                keys = parse(response);
            } catch (ParseException | RuntimeException e) {
                trouble = String.valueOf(e.getMessage());
            }
        }
        synchronized (known) {
            known.fetching = false;
            if (trouble == null) {
                known.keys = keys;
                known.everFetched = true;
            }
        }
        if (trouble == null) {
            LOG.info("{} publishes {} keys that can be used here: {}", uri, keys.size(), keys.keySet());
        } else {
            LOG.warn("cannot fetch keys from {}: {}", uri, trouble);
        }
    }

    private static Map<String, DeviceKey> parse(HttpResponse<byte[]> response) throws ParseException {
        if (response.statusCode() != 200) {
            throw new ParseException("status " + response.statusCode(), 0);
        }
        Map<String, DeviceKey> keys = new HashMap<>();
        for (JWK jwk : JWKSet.parse(new String(response.body(), StandardCharsets.UTF_8))
                .getKeys()) {
            DeviceKey key = key(jwk);
            if (key != null && keys.size() < MAX_KEYS) {
                keys.put(key.id(), key);
            }
        }
        return keys;
    }

    /** The key in our form; null for one that no token here may be signed with. */
    static @Nullable DeviceKey key(JWK jwk) {
        String kid = jwk.getKeyID();
        boolean forSigning =
                jwk.getKeyUse() == null || "sig".equals(jwk.getKeyUse().identifier());
        if (kid == null || kid.isEmpty() || !forSigning) {
            return null;
        }
        try {
            if (jwk instanceof ECKey ec && Curve.P_256.equals(ec.getCurve())) {
                return DeviceKey.of(kid, ec.toECPublicKey(), Validity.ALWAYS);
            }
            if (jwk instanceof OctetKeyPair pair && Curve.Ed25519.equals(pair.getCurve())) {
                return ed25519(kid, pair.getDecodedX());
            }
            return null;
        } catch (JOSEException | IllegalArgumentException e) {
            return null; // the others may be better
        }
    }

    private static DeviceKey ed25519(String kid, byte[] x) {
        if (x.length != ED25519_BYTES) {
            throw new IllegalArgumentException("an Ed25519 key of " + x.length + " bytes");
        }
        byte[] encoded = java.util.Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + x.length);
        System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, x.length);
        return DeviceKey.of(kid, KeyAlgorithm.EDDSA, encoded, Validity.ALWAYS);
    }
}
