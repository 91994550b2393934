package io.fleetline.bench.stage;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** Tells what of a configuration is not as it comes, for a report. */
final class Differences {
    private Differences() {}

    /**
     * The settings that differ, as {@code name=value}, those of a record within as {@code outer.name=value}.
     *
     * @param prefix what stands before each name, such as {@code listener.}
     * @param ours the configuration
     * @param asItComes another one of the same class
     */
    static <T extends Record> List<String> between(String prefix, T ours, T asItComes)
            throws ReflectiveOperationException {
        List<String> found = new ArrayList<>();
        for (RecordComponent component : ours.getClass().getRecordComponents()) {
            Object mine = component.getAccessor().invoke(ours);
            Object usual = component.getAccessor().invoke(asItComes);
            String name = prefix + component.getName();
            if (mine instanceof Record inner && usual instanceof Record other && inner.getClass() == other.getClass()) {
                found.addAll(between(name + ".", inner, other));
            } else if (!mine.equals(usual)) {
                found.add(name + "=" + mine);
            }
        }
        return found;
    }
}
