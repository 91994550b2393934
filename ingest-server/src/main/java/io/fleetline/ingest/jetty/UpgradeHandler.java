package io.fleetline.ingest.jetty;

import io.fleetline.ingest.identity.Verdict;
import io.fleetline.ingest.session.SessionServices;
import io.fleetline.protocol.ProtocolLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a request into a connection, or answers it with a status and nothing else. */
final class UpgradeHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(UpgradeHandler.class);

    private final ServerWebSocketContainer container;
    private final Handshake handshake;
    private final Sources sources;
    private final SessionServices services;
    private final BiFunction<Verdict.Accepted, String, DeviceEndpoint> endpoints;

    /** @param endpoints makes the connection of a device that comes from an address */
    UpgradeHandler(
            ServerWebSocketContainer container,
            Handshake handshake,
            Sources sources,
            SessionServices services,
            BiFunction<Verdict.Accepted, String, DeviceEndpoint> endpoints) {
        this.container = container;
        this.handshake = handshake;
        this.sources = sources;
        this.services = services;
        this.endpoints = endpoints;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String source = sources.of(request);
        Handshake.Decision decision = handshake.decide(request, source);
        Verdict.Accepted accepted = decision.accepted();
        if (accepted == null) {
            refuse(response, callback, source, decision.claimed(), decision.refusal());
            return true;
        }
        boolean upgraded = container.upgrade(
                (upgradeRequest, upgradeResponse, upgradeCallback) -> {
                    upgradeResponse.setAcceptedSubProtocol(ProtocolLimits.SUBPROTOCOL);
                    return endpoints.apply(accepted, source);
                },
                request,
                response,
                callback);
        if (!upgraded) {
            refuse(
                    response,
                    callback,
                    source,
                    accepted.device().toString(),
                    new Handshake.Refusal(HttpStatus.BAD_REQUEST_400, "not a WebSocket upgrade"));
        }
        return true;
    }

    private void refuse(
            Response response, Callback callback, String source, String claimed, Handshake.@Nullable Refusal refusal) {
        if (refusal == null) {
            throw new IllegalStateException("a decision without device and without refusal");
        }
        services.metrics().refused(refusal.status());
        services.refusedAttempts().add(source, claimed, refusal.status(), refusal.reason());
        LOG.info(
                "refused {} claiming to be \"{}\" with {}: {}",
                source,
                Printable.of(claimed),
                refusal.status(),
                Printable.of(refusal.reason()));
        response.setStatus(refusal.status());
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        if (refusal.retryAfterSeconds() > 0) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, refusal.retryAfterSeconds());
        }
        switch (refusal.status()) {
            case HttpStatus.UNAUTHORIZED_401 ->
                response.getHeaders()
                        .put(
                                HttpHeader.WWW_AUTHENTICATE,
                                "Basic realm=\"fleetline\", charset=\"UTF-8\", Bearer realm=\"fleetline\"");
            case HttpStatus.METHOD_NOT_ALLOWED_405 -> response.getHeaders().put(HttpHeader.ALLOW, "GET");
            case HttpStatus.UPGRADE_REQUIRED_426 -> response.getHeaders().put(HttpHeader.SEC_WEBSOCKET_VERSION, "13");
            default -> {}
        }
        byte[] body = (refusal.status() + " " + HttpStatus.getMessage(refusal.status()) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
