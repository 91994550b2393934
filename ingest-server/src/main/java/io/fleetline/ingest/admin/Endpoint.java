package io.fleetline.ingest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What is done for one method of one path.
 *
 * @param role who may; empty for everybody
 * @param action what it is called in the audit topic
 * @param call does it
 */
record Endpoint(Optional<Role> role, String action, Action call) {
    static Endpoint open(Action call) {
        return new Endpoint(Optional.empty(), "", call);
    }

    static Endpoint of(Role role, String action, Action call) {
        return new Endpoint(Optional.of(role), action, call);
    }

    /** Does it; what it throws, or its future fails with, becomes a problem. */
    interface Action {
        CompletableFuture<Answer> on(Call call) throws IOException;
    }

    /**
     * What was asked.
     *
     * @param path what stood for the variables of the path
     * @param query the query's parameters, the first of each name
     * @param body the body, to be read once
     * @param actor who asked
     * @param action what it is called in the audit topic
     */
    record Call(Map<String, String> path, Map<String, String> query, InputStream body, String actor, String action) {
        String variable(String name) {
            String value = path.get(name);
            if (value == null) {
                throw new IllegalStateException("the path has no variable " + name);
            }
            return value;
        }
    }

    /**
     * What is answered.
     *
     * @param type the media type of the body
     */
    record Answer(int status, String type, ByteBuffer body) {
        static CompletableFuture<Answer> json(int status, JsonNode body) {
            return CompletableFuture.completedFuture(
                    new Answer(status, "application/json", ByteBuffer.wrap(Json.bytes(body))));
        }

        static CompletableFuture<Answer> text(int status, String type, String body) {
            return CompletableFuture.completedFuture(
                    new Answer(status, type, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))));
        }

        static Answer nothing() {
            return new Answer(204, "", ByteBuffer.allocate(0));
        }
    }
}
