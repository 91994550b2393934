package io.fleetline.exact;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.protocol.DeviceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For which devices a partition's filters hold something, and since when, for the metrics; read by other threads. */
final class HeldStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ExactStage.class);

    /** So many alarms a minute and partition are logged one by one; a copied store can raise one for every record. */
    private static final int ALARMS_LOGGED = 10;

    private final Map<DeviceId, Long> sinceMillis = new HashMap<>();
    private long newestMillis;
    private long records;
    private int alarms;

    synchronized void holds(DeviceId device, long recordMillis) {
        sinceMillis.putIfAbsent(device, recordMillis);
    }

    synchronized void holdsNothing(DeviceId device) {
        sinceMillis.remove(device);
    }

    synchronized void sees(long recordMillis) {
        newestMillis = Math.max(newestMillis, recordMillis);
    }

    synchronized void records(long count) {
        records = count;
    }

    synchronized long records() {
        return records;
    }

    /** The newest record time of the partition, Unix time in ms; 0 before the first record. */
    synchronized long newestMillis() {
        return newestMillis;
    }

    /** For how many devices something has been held for longer than this, by record time. */
    synchronized long stuck(Duration after) {
        long horizonMillis = newestMillis - after.toMillis();
        return sinceMillis.values().stream()
                .filter(since -> since < horizonMillis)
                .count();
    }

    synchronized void alarm(Alarm alarm) {
        if (alarms < ALARMS_LOGGED) {
            LOG.warn("{}", alarm.message());
        }
        alarms++;
    }

    synchronized void endOfAlarmMinute() {
        if (alarms > ALARMS_LOGGED) {
            LOG.warn("and {} alarms more within a minute", alarms - ALARMS_LOGGED);
        }
        alarms = 0;
    }
}
