package io.fleetline.ingest.jetty;

import io.fleetline.ingest.identity.Authenticator;
import io.fleetline.ingest.identity.FailedAttempts;
import io.fleetline.ingest.identity.Flapping;
import io.fleetline.ingest.identity.Verdict;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Decides, before the upgrade, whether a request becomes a connection: all about identity is decided here. */
final class Handshake {
    /** Whether the node takes devices now. */
    interface Admission {
        /** Why not now, or null if it does. */
        @Nullable String refusal();
    }

    /** Whether the node takes one more device from an address. */
    interface SourceAdmission {
        /** Why not now, or null if it does. */
        @Nullable String refusal(String source);
    }

    /**
     * What is answered instead of an upgrade.
     *
     * @param status the HTTP status
     * @param reason for the log, and for the peer where that tells an attacker nothing
     * @param retryAfterSeconds when to come again; 0 where that helps nothing
     */
    record Refusal(int status, String reason, long retryAfterSeconds) {
        Refusal(int status, String reason) {
            this(status, reason, 0);
        }
    }

    /**
     * Either a device or a refusal.
     *
     * @param claimed whom a peer that is refused claimed to be; empty if that is not known
     */
    record Decision(
            Verdict.@Nullable Accepted accepted, @Nullable Refusal refusal, String claimed) {
        Decision claimedBy(String name) {
            return new Decision(accepted, refusal, name);
        }

        static Decision refuse(int status, String reason) {
            return new Decision(null, new Refusal(status, reason), "");
        }

        static Decision later(int status, String reason, long waitNanos) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNanos) + 1;
            return new Decision(null, new Refusal(status, reason, seconds), "");
        }
    }

    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;
    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Places of an address become free only as its devices leave. */
    private static final long CROWDED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long NOT_YET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Authenticator authenticator;
    private final FailedAttempts failedAttempts;
    private final Flapping flapping;
    private final ClientCertificates certificates;
    private final Admission admission;
    private final SourceAdmission sources;

    Handshake(
            Authenticator authenticator,
            ClientCertificates certificates,
            FailedAttempts failedAttempts,
            Flapping flapping,
            Admission admission,
            SourceAdmission sources) {
        this.authenticator = authenticator;
        this.certificates = certificates;
        this.failedAttempts = failedAttempts;
        this.flapping = flapping;
        this.admission = admission;
        this.sources = sources;
    }

    Decision decide(Request request, String source) {
        Decision malformed = checkForm(request);
        if (malformed != null) {
            return malformed;
        }
        String closed = admission.refusal();
        if (closed != null) {
            return Decision.later(HttpStatus.SERVICE_UNAVAILABLE_503, closed, BUSY_NANOS);
        }
        long wait = failedAttempts.waitNanos(source);
        if (wait > 0) {
            return Decision.later(HttpStatus.TOO_MANY_REQUESTS_429, "too many bad credentials from this address", wait);
        }
        String crowded = sources.refusal(source);
        if (crowded != null) {
            return Decision.later(HttpStatus.TOO_MANY_REQUESTS_429, crowded, CROWDED_NANOS);
        }
        return authenticate(request, source);
    }

    private Decision authenticate(Request request, String source) {
        List<String> credentials = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (credentials.size() > 1) {
            return Decision.refuse(HttpStatus.BAD_REQUEST_400, "two Authorization headers");
        }
        List<X509Certificate> certificate;
        try {
            certificate = certificates.of(request);
        } catch (IllegalArgumentException e) {
            return Decision.refuse(HttpStatus.BAD_REQUEST_400, "from the proxy: " + e.getMessage());
        }
        Verdict verdict = authenticator.authenticate(credentials.isEmpty() ? null : credentials.get(0), certificate);
        // Looked at after the credential, whatever it was: the sixth try is refused, be it the right one or not.
        String claimed = verdict instanceof Verdict.Accepted accepted
                ? accepted.device().toString()
                : ((Verdict.Refused) verdict).claimed();
        long wait = failedAttempts.waitNanos(source, claimed);
        if (wait > 0) {
            return Decision.later(HttpStatus.TOO_MANY_REQUESTS_429, "too many bad credentials for " + claimed, wait)
                    .claimedBy(claimed);
        }
        return verdict instanceof Verdict.Accepted accepted
                ? admit(accepted)
                : refuse((Verdict.Refused) verdict, source);
    }

    private Decision refuse(Verdict.Refused refused, String source) {
        String claimed = refused.claimed();
        Decision decision = switch (refused.reason()) {
            case DISABLED -> Decision.refuse(HttpStatus.FORBIDDEN_403, refused.detail());
            case NOT_YET -> Decision.later(HttpStatus.SERVICE_UNAVAILABLE_503, refused.detail(), NOT_YET_NANOS);
            case NO_CREDENTIAL, MALFORMED, WRONG -> {
                failedAttempts.failed(source, claimed);
                yield Decision.refuse(HttpStatus.UNAUTHORIZED_401, refused.detail());
            }
        };
        return decision.claimedBy(claimed);
    }

    private Decision admit(Verdict.Accepted accepted) {
        DeviceId device = accepted.device();
        long heldOff = flapping.connectNanos(device);
        if (heldOff > 0) {
            return Decision.later(
                            HttpStatus.TOO_MANY_REQUESTS_429,
                            "the device connects too often: flapping, or two that share one identity",
                            heldOff)
                    .claimedBy(device.toString());
        }
        return new Decision(accepted, null, "");
    }

    private static @Nullable Decision checkForm(Request request) {
        if (!ProtocolLimits.PATH.equals(request.getHttpURI().getPath())) {
            return Decision.refuse(HttpStatus.NOT_FOUND_404, "no such path");
        }
        if (!HttpMethod.GET.is(request.getMethod())) {
            return Decision.refuse(HttpStatus.METHOD_NOT_ALLOWED_405, "method " + request.getMethod());
        }
        if (request.getHttpURI().getQuery() != null) {
            return Decision.refuse(HttpStatus.BAD_REQUEST_400, "a query: credentials do not belong there");
        }
        HttpFields headers = request.getHeaders();
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1
                || !headers.contains(HttpHeader.UPGRADE, "websocket")
                || !headers.contains(HttpHeader.CONNECTION, "upgrade")) {
            return Decision.refuse(HttpStatus.BAD_REQUEST_400, "not a WebSocket upgrade");
        }
        List<String> versions = headers.getValuesList(HttpHeader.SEC_WEBSOCKET_VERSION);
        if (versions.size() != 1) {
            return Decision.refuse(HttpStatus.BAD_REQUEST_400, versions.size() + " WebSocket versions");
        }
        if (!VERSION.equals(versions.get(0))) {
            return Decision.refuse(HttpStatus.UPGRADE_REQUIRED_426, "WebSocket version " + versions.get(0));
        }
        if (!hasOneKey(headers)) {
            return Decision.refuse(HttpStatus.BAD_REQUEST_400, "no Sec-WebSocket-Key of 16 bytes, or more than one");
        }
        if (headers.contains(HttpHeader.ORIGIN)) {
            return Decision.refuse(HttpStatus.FORBIDDEN_403, "an Origin: browsers are no devices");
        }
        if (!headers.getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, false).contains(ProtocolLimits.SUBPROTOCOL)) {
            return Decision.refuse(
                    HttpStatus.BAD_REQUEST_400, "the subprotocol " + ProtocolLimits.SUBPROTOCOL + " is not offered");
        }
        return null;
    }

    private static boolean hasOneKey(HttpFields headers) {
        List<String> keys = headers.getValuesList(HttpHeader.SEC_WEBSOCKET_KEY);
        try {
            return keys.size() == 1 && Base64.getDecoder().decode(keys.get(0)).length == KEY_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }
}
