package io.fleetline.system.delivery;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What devices have sent as gaps so far: a number that was a gap once is never an event again. */
final class SentGaps {
    private record Numbers(Lane lane, long store, long run) {}

    private final Map<Numbers, TreeMap<Long, Long>> gaps = new HashMap<>();

    /** One connection, on which each lane is opened for one run after the other. */
    final class Connection {
        private final Map<Lane, Numbers> opened = new EnumMap<>(Lane.class);

        /** A device sends this. */
        void sends(DeviceFrame frame) {
            if (frame instanceof DeviceFrame.Open open) {
                opened.put(open.lane(), new Numbers(open.lane(), open.store(), open.run()));
            } else if (frame instanceof DeviceFrame.Publish publish && opened.containsKey(publish.lane())) {
                publishes(publish, opened.get(publish.lane()));
            }
        }

        private void publishes(DeviceFrame.Publish publish, Numbers run) {
            long seq = publish.from();
            for (Item item : publish.items()) {
                if (item instanceof Item.Gap gap) {
                    gaps.computeIfAbsent(run, any -> new TreeMap<>()).merge(seq, gap.to(), Math::max);
                    seq = gap.to() + 1;
                } else {
                    if (isGap(run, seq)) {
                        throw new BrokenInvariant(
                                Invariant.A_GAP_STAYS_ONE,
                                "number " + seq + " of lane " + run.lane() + ", run " + Long.toHexString(run.run())
                                        + " was sent as a gap, and now it is " + item);
                    }
                    seq++;
                }
            }
        }
    }

    private boolean isGap(Numbers run, long seq) {
        TreeMap<Long, Long> ofRun = gaps.get(run);
        return ofRun != null && ofRun.headMap(seq, true).values().stream().anyMatch(to -> to >= seq);
    }
}
