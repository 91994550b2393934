package io.fleetline.ingest.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.ingest.registry.ChangeRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who asks what, has it done, and answers; what goes wrong becomes a problem (RFC 9457). */
final class AdminHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
    private static final String BEARER = "bearer ";

    private final PathMappings<PathEndpoints> paths;
    private final AdminTokens tokens;

    AdminHandler(PathMappings<PathEndpoints> paths, AdminTokens tokens) {
        this.paths = paths;
        this.tokens = tokens;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            InputStream body = Content.Source.asInputStream(request); // Jetty ends it with the request
            String path = Request.getPathInContext(request);
            MatchedResource<PathEndpoints> matched = paths.getMatched(path);
            if (matched == null) {
                throw Problem.notFound("no such path: " + path);
            }
            Endpoint endpoint = matched.getResource().byMethod().get(request.getMethod());
            if (endpoint == null) {
                response.getHeaders()
                        .put(
                                HttpHeader.ALLOW,
                                String.join(
                                        ", ",
                                        new TreeSet<>(
                                                matched.getResource().byMethod().keySet())));
                throw new Problem(405, "The method is not allowed here", request.getMethod() + " is not for " + path);
            }
            String actor = endpoint.role().isPresent()
                    ? authorize(request, endpoint.role().get())
                    : "";
            Map<String, String> variables = matched.getPathSpec() instanceof UriTemplatePathSpec template
                    ? template.getPathParams(path)
                    : Map.of();
            var unused = endpoint.call()
                    .on(new Endpoint.Call(variables, query(request), body, actor, endpoint.action()))
                    .whenComplete((answer, failure) -> {
                        if (failure != null) {
                            refuse(response, callback, failure);
                        } else {
                            write(response, callback, answer);
                        }
                    });
        } catch (IOException | RuntimeException e) {
            refuse(response, callback, e);
        }
        return true;
    }

    private String authorize(Request request, Role needed) {
        String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        Optional<AdminTokens.Operator> operator =
                given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? tokens.find(given.substring(BEARER.length()).trim())
                        : Optional.empty();
        if (operator.isEmpty()) {
            throw new Problem(
                    401,
                    "A token is needed",
                    "no token (Authorization: Bearer), or none of those in the file admin.tokens");
        }
        if (!operator.get().role().includes(needed)) {
            throw new Problem(
                    403,
                    "The token is not good for this",
                    operator.get().name() + " has the role "
                            + operator.get().role().name().toLowerCase(Locale.ROOT) + "; this needs "
                            + needed.name().toLowerCase(Locale.ROOT));
        }
        return operator.get().name();
    }

    private static Map<String, String> query(Request request) {
        Map<String, String> first = new HashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(request)) {
            first.put(field.getName(), field.getValue());
        }
        return first;
    }

    private static void refuse(Response response, Callback callback, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Problem problem;
        if (cause instanceof Problem known) {
            problem = known;
        } else if (cause instanceof ChangeRefusedException refused) {
            problem = Problem.of(refused);
        } else if (cause instanceof IllegalArgumentException invalid) {
            problem = new Problem(422, "It is against a rule", String.valueOf(invalid.getMessage()));
        } else if (cause instanceof IllegalStateException later) {
            problem = new Problem(503, "It cannot be done now", String.valueOf(later.getMessage()));
        } else {
            LOG.error("an admin request failed", cause);
            problem = new Problem(500, "The node failed", "the node's log says more");
        }
        if (problem.status() == 401) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"fleetline admin\"");
        }
        // The request's body may not have been read, and then the connection is good for nothing more.
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        ObjectNode body = Json.object()
                .put("type", "about:blank")
                .put("title", problem.title())
                .put("status", problem.status())
                .put("detail", problem.detail());
        write(
                response,
                callback,
                new Endpoint.Answer(problem.status(), "application/problem+json", ByteBuffer.wrap(Json.bytes(body))));
    }

    private static void write(Response response, Callback callback, Endpoint.Answer answer) {
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        if (!answer.type().isEmpty()) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
        }
        response.write(true, answer.body().duplicate(), callback);
    }
}
