package io.fleetline.bench.child;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** What a child process is there for. Has a public constructor without parameters. */
public interface Role extends AutoCloseable {
    /**
     * Does what it is asked; one question at a time.
     *
     * @param verb what to do
     * @param arguments with what
     * @return the answer, as anything that Jackson turns into JSON
     */
    Object answer(String verb, JsonNode arguments) throws Exception;

    @Override
    void close() throws IOException;
}
