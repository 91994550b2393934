package io.fleetline.ingest.admin;

import java.util.Map;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;

/**
 * What can be done at one path.
 *
 * @param byMethod by HTTP method
 */
record PathEndpoints(Map<String, Endpoint> byMethod) {
    /** The path with its variables, as Jetty wants it. */
    UriTemplatePathSpec spec(String path) {
        return new UriTemplatePathSpec(path);
    }
}
