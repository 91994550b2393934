package io.fleetline.protocol.cbor;

import io.fleetline.protocol.ServerFrame;
import java.util.List;

/** The keys of the map in {@code welcome}, in the order in which they are written, and whose values they are. */
final class WelcomeKey {
    static final List<String> ALL = List.of(
            "connection",
            "time",
            "heartbeat",
            "maxFrame",
            "maxItem",
            "window",
            "windowBytes",
            "eventsPerSecond",
            "bytesPerSecond",
            "reconnectWindow");

    private WelcomeKey() {}

    static ServerFrame.Welcome welcome(long[] values) {
        return new ServerFrame.Welcome(
                values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], values[8],
                values[9]);
    }

    static long[] values(ServerFrame.Welcome welcome) {
        return new long[] {
            welcome.connection(),
            welcome.timeMillis(),
            welcome.heartbeatMillis(),
            welcome.maxFrameBytes(),
            welcome.maxItemBytes(),
            welcome.windowItems(),
            welcome.windowBytes(),
            welcome.eventsPerSecond(),
            welcome.bytesPerSecond(),
            welcome.reconnectWindowMillis()
        };
    }
}
