package io.fleetline.device.fake;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame.Welcome;

/** What a fake node does beside its duty. Each method has the friendly answer as its default. */
public interface NodeBehaviour {
    /** What becomes of an item. */
    enum Fate {
        STORED,
        /** Storing it fails: rewind. */
        FAILED,
        /** It is not acceptable: reject. Not for gaps. */
        REJECTED,
        /** The node ends the connection because of it. */
        UNBEARABLE
    }

    /** The welcome of the next connection. */
    default Welcome welcome(long connection, long unixMillis) {
        return new Welcome(connection, unixMillis, 25_000, 65_536, 32_768, 1024, 1 << 20, 0, 0, 1000);
    }

    default Fate fate(Lane lane, long seq, Item item) {
        return Fate.STORED;
    }

    /** How long until Kafka says that an item is stored; items of one lane may overtake each other. */
    default long storeNanos(Lane lane, long seq) {
        return 0;
    }

    /** Whether the node reads and writes nothing more on this connection, without ending it. */
    default boolean silent() {
        return false;
    }

    /** How long a device is to wait before it opens a lane again. */
    default long rewindAfterMillis() {
        return 10;
    }

    /** When a credential ends that a device hands over, in Unix ms; 0 for never. */
    default long credentialEndsMillis(String credential, long unixMillis) {
        return 0;
    }
}
