package io.fleetline.device.fake;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame.Welcome;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A behaviour that a test changes as it goes. */
public final class Script implements NodeBehaviour {
    private final Map<String, Fate> fates = new HashMap<>();
    private UnaryOperator<Welcome> welcome = friendly -> friendly;

    /** What becomes of everything that no other fate is set for. */
    public Fate fate = Fate.STORED;

    /** How long storing takes. */
    public long storeNanos = 0;

    /** What a rewind asks for. */
    public long rewindAfterMillis = 10;

    public boolean silent;

    /** How long a credential lasts that is handed over, in ms; 0 for ever. */
    public long credentialMillis;

    /** Changes the welcome of the connections to come. */
    public Script welcome(UnaryOperator<Welcome> change) {
        welcome = change;
        return this;
    }

    /** Decides about one item until told otherwise. */
    public Script fate(Lane lane, long seq, Fate decided) {
        fates.put(lane + "/" + seq, decided);
        return this;
    }

    @Override
    public Welcome welcome(long connection, long unixMillis) {
        return welcome.apply(NodeBehaviour.super.welcome(connection, unixMillis));
    }

    @Override
    public Fate fate(Lane lane, long seq, Item item) {
        return fates.getOrDefault(lane + "/" + seq, fate);
    }

    @Override
    public long storeNanos(Lane lane, long seq) {
        return storeNanos;
    }

    @Override
    public boolean silent() {
        return silent;
    }

    @Override
    public long rewindAfterMillis() {
        return rewindAfterMillis;
    }

    @Override
    public long credentialEndsMillis(String credential, long unixMillis) {
        return credentialMillis == 0 ? 0 : unixMillis + credentialMillis;
    }
}
