package io.fleetline.ingest.jetty;

import io.fleetline.ingest.identity.Enrolment;
import io.fleetline.ingest.identity.FailedAttempts;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.protocol.DeviceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a new device trade its fleet's token for a secret of its own: {@code POST /enrol/TENANT/DEVICE} with the token as
 * {@code Authorization: Bearer} and without a body. The answer's body is the secret, as text.
 */
final class EnrolHandler extends Handler.Wrapper {
    private static final Logger LOG = LoggerFactory.getLogger(EnrolHandler.class);
    private static final String PATH = "/enrol/";
    private static final String BEARER = "bearer ";
    private static final int MAX_TOKEN_CHARS = 512;
    private static final long LATER_SECONDS = 5;

    private final SessionServices services;
    private final Sources sources;
    private final FailedAttempts failedAttempts;
    private final Handshake.Admission admission;

    /** @param next takes whatever is not for this handler */
    EnrolHandler(
            Handler next,
            SessionServices services,
            Sources sources,
            FailedAttempts failedAttempts,
            Handshake.Admission admission) {
        super(next);
        this.services = services;
        this.sources = sources;
        this.failedAttempts = failedAttempts;
        this.admission = admission;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPath();
        if (path == null || !path.startsWith(PATH)) {
            return super.handle(request, response, callback);
        }
        String source = sources.of(request);
        String claimed = path.substring(PATH.length());
        if (!HttpMethod.POST.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "POST");
            refuse(response, callback, source, claimed, HttpStatus.METHOD_NOT_ALLOWED_405, "enrolling is a POST");
            return true;
        }
        long wait = failedAttempts.waitNanos(source);
        String closed = admission.refusal();
        if (closed != null || wait > 0) {
            long seconds = closed != null ? LATER_SECONDS : TimeUnit.NANOSECONDS.toSeconds(wait) + 1;
            response.getHeaders().put(HttpHeader.RETRY_AFTER, seconds);
            refuse(
                    response,
                    callback,
                    source,
                    claimed,
                    closed != null ? HttpStatus.SERVICE_UNAVAILABLE_503 : HttpStatus.TOO_MANY_REQUESTS_429,
                    closed != null ? closed : "too many bad credentials from this address");
            return true;
        }
        DeviceId device;
        try {
            device = DeviceId.parse(claimed);
        } catch (IllegalArgumentException e) {
            refuse(response, callback, source, claimed, HttpStatus.BAD_REQUEST_400, "no device can have this name");
            return true;
        }
        var unused = services.enrolment()
                .enrol(token(request), device)
                .thenAccept(outcome -> answer(response, callback, source, device, outcome));
        return true;
    }

    private static String token(Request request) {
        List<String> given = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (given.size() != 1
                || given.get(0).length() > MAX_TOKEN_CHARS
                || !given.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return "";
        }
        return given.get(0).substring(BEARER.length()).trim();
    }

    private void answer(
            Response response, Callback callback, String source, DeviceId device, Enrolment.Outcome outcome) {
        String claimed = device.toString();
        if (outcome instanceof Enrolment.Outcome.Enrolled enrolled) {
            LOG.info("enrolled {} from {}", device, source);
            response.setStatus(HttpStatus.CREATED_201);
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
            response.write(true, ByteBuffer.wrap(enrolled.secret().getBytes(StandardCharsets.US_ASCII)), callback);
        } else if (outcome instanceof Enrolment.Outcome.Exists) {
            refuse(response, callback, source, claimed, HttpStatus.CONFLICT_409, "the device is registered already");
        } else if (outcome instanceof Enrolment.Outcome.Refused refused) {
            failedAttempts.failed(source, claimed);
            refuse(response, callback, source, claimed, HttpStatus.UNAUTHORIZED_401, refused.detail());
        } else {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, LATER_SECONDS);
            refuse(
                    response,
                    callback,
                    source,
                    claimed,
                    HttpStatus.SERVICE_UNAVAILABLE_503,
                    ((Enrolment.Outcome.Unavailable) outcome).detail());
        }
    }

    private void refuse(Response response, Callback callback, String source, String claimed, int status, String why) {
        services.metrics().refused(status);
        services.refusedAttempts().add(source, claimed, status, "enrolment: " + why);
        LOG.info("refused to enrol {} from {} with {}: {}", Printable.of(claimed), source, status, Printable.of(why));
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.write(true, null, callback);
    }
}
