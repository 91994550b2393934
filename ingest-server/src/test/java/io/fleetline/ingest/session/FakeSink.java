package io.fleetline.ingest.session;

import io.fleetline.ingest.telemetry.EventSink;
import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.ingest.telemetry.Settlement;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import java.util.ArrayList;
import java.util.List;

/** A Kafka that answers when the test says so. */
final class FakeSink implements EventSink {
    record Stored(RecordPosition position, Item item, Refusal refusal, Settlement settlement, long slot, int route) {}

    private final List<Stored> records = new ArrayList<>();
    private final List<Stored> deadLetters = new ArrayList<>();
    private int routes;
    private int answered;
    private long offset = 1_000;

    @Override
    public Route route(DeviceId device, Lane lane) {
        int route = routes++;
        return new Route() {
            @Override
            public void store(RecordPosition position, Item item, Settlement settlement, long slot) {
                records.add(new Stored(position, item, null, settlement, slot, route));
            }

            @Override
            public void bury(RecordPosition position, Item item, Refusal refusal, Settlement settlement, long slot) {
                deadLetters.add(new Stored(position, item, refusal, settlement, slot, route));
            }
        };
    }

    List<Stored> records() {
        return records;
    }

    List<Stored> deadLetters() {
        return deadLetters;
    }

    /** Answers for the oldest records that have no answer yet. */
    void store(int count) {
        for (int i = 0; i < count; i++) {
            Stored record = records.get(answered++);
            record.settlement().stored(record.slot(), 7, offset++);
        }
    }

    void storeAll() {
        store(records.size() - answered);
    }

    /** Fails the oldest record that has no answer yet. */
    void fail() {
        Stored record = records.get(answered++);
        record.settlement().failed(record.slot(), new IllegalStateException("broker away"));
    }

    void bury() {
        deadLetters.get(deadLetters.size() - 1).settlement().stored(0, 0, 1);
    }

    void failBurial() {
        deadLetters.get(deadLetters.size() - 1).settlement().failed(0, new IllegalStateException("broker away"));
    }
}
