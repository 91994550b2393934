package io.fleetline.backend;

import io.fleetline.backend.filter.Alarm;
import java.util.ArrayList;
import java.util.List;

/**
 * What one poll of a reader brought: everything in the order of its lane; between lanes, and between devices, in no
 * order that means anything.
 *
 * @param deliveries events, gaps if they were asked for, and strangers
 * @param alarms what the filter found wrong
 */
public record EventBatch(List<Delivery> deliveries, List<Alarm> alarms) {
    /** Keeps copies. */
    public EventBatch {
        deliveries = List.copyOf(deliveries);
        alarms = List.copyOf(alarms);
    }

    /** The events alone. */
    public List<Event> events() {
        List<Event> events = new ArrayList<>(deliveries.size());
        for (Delivery delivery : deliveries) {
            if (delivery instanceof Event event) {
                events.add(event);
            }
        }
        return events;
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return deliveries.isEmpty() && alarms.isEmpty();
    }
}
