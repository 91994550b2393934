package io.fleetline.device.internal.outbox;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which event of each channel is the newest, and which older ones may therefore go. Guarded by the outbox's lock. */
final class Channels {
    /** A channel that some event held belongs to. */
    static final class Channel {
        private final String name;
        private int lane;
        private long newest;

        private Channel(String name) {
            this.name = name;
        }

        int lane() {
            return lane;
        }

        long newest() {
            return newest;
        }

        private boolean isNewest(int inLane, long seq) {
            return newest == seq && lane == inLane;
        }
    }

    private final Map<String, Channel> byName = new HashMap<>();
    /** By lane: below this number every overtaken event that is not in flight is in {@link #behind}. */
    private final long[] looked;
    /** By lane: events that were the newest of their channel when they were looked at, and have been overtaken since. */
    private final NavigableSet<Long>[] behind;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    Channels(int lanes) {
        looked = new long[lanes];
        behind = new NavigableSet[lanes];
        Arrays.setAll(behind, lane -> new TreeSet<Long>());
    }

    /** Learns of an event that was appended. Returns its channel, which the event is to be kept with. */
    @Nullable Channel appended(int lane, long seq, byte[] item) {
        String name = CborHead.channel(item).orElse(null);
        if (name == null) {
            return null;
        }
        Channel channel = byName.computeIfAbsent(name, Channel::new);
        append(channel, lane, seq);
        return channel;
    }

    /** Makes an event the newest of its channel. */
    void append(Channel channel, int lane, long seq) {
        if (channel.newest != 0 && channel.newest < looked[channel.lane]) {
            behind[channel.lane].add(channel.newest);
        }
        channel.lane = lane;
        channel.newest = seq;
    }

    /** The channel of an event that a recovery found; whether the event stays is not known yet. */
    @Nullable Channel restored(byte[] item) {
        return CborHead.channel(item)
                .map(name -> byName.computeIfAbsent(name, Channel::new))
                .orElse(null);
    }

    /** Ends a recovery: forgets the channels of which no event stayed. */
    void recovered() {
        byName.values().removeIf(channel -> channel.newest == 0);
    }

    /** Learns that an event of this channel is no longer held. */
    void gone(Channel channel, int lane, long seq) {
        if (channel.isNewest(lane, seq)) {
            byName.remove(channel.name);
        } else {
            behind[lane].remove(seq);
        }
    }

    /** Learns that what was in flight in this lane no longer is. */
    void rewound(int lane) {
        looked[lane] = 0;
        behind[lane].clear();
    }

    /** The event that one of this channel, once appended, overtakes, if there is one. */
    @Nullable Channel channelOf(byte[] item) {
        return CborHead.channel(item).map(byName::get).orElse(null);
    }

    /** The oldest event above a number that a newer one of its channel has overtaken, 0 if there is none. */
    long overtaken(int lane, long above, LaneQueue<?> queue) {
        Long passed = behind[lane].higher(above);
        if (passed != null) {
            return passed;
        }
        long seq = queue.nextItem(Math.max(looked[lane], above + 1));
        while (seq != 0) {
            Channel channel = queue.channel(seq);
            if (channel != null && !channel.isNewest(lane, seq)) {
                looked[lane] = seq;
                return seq;
            }
            seq = queue.nextItem(seq + 1);
        }
        looked[lane] = queue.last() + 1;
        return 0;
    }
}
