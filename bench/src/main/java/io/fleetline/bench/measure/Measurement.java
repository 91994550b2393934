package io.fleetline.bench.measure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark found.
 *
 * @param parameters what it was run with, in the order in which they are to be read
 * @param sides what was measured of each side
 * @param figures how they compare
 * @param remarks what one has to know beside the figures
 */
public record Measurement(
        Map<String, String> parameters, List<SideResult> sides, List<Figure> figures, List<String> remarks) {
    /** Copies all parts and keeps their order. */
    public Measurement {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        sides = List.copyOf(sides);
        figures = List.copyOf(figures);
        remarks = List.copyOf(remarks);
    }
}
