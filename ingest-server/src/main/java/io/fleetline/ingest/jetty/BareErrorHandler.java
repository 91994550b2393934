package io.fleetline.ingest.jetty;

import io.fleetline.ingest.session.SessionServices;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what Jetty itself refuses, such as a request that it cannot read: a status, and not a word more. */
final class BareErrorHandler extends ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(BareErrorHandler.class);

    private final SessionServices services;
    private final Sources sources;

    BareErrorHandler(SessionServices services, Sources sources) {
        this.services = services;
        this.sources = sources;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String source = sources.of(request);
        String why = "cannot be read: " + request.getAttribute(ERROR_MESSAGE);
        services.metrics().refused(response.getStatus());
        services.refusedAttempts().add(source, "", response.getStatus(), why);
        LOG.info("refused {} with {}: {}", source, response.getStatus(), Printable.of(why));
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.write(true, null, callback);
        return true;
    }
}
