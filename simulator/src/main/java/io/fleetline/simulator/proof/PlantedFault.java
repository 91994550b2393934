package io.fleetline.simulator.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A way to spoil what is stored, so that a check that finds nothing has shown that it would have found it. */
public enum PlantedFault {
    /** One event that has a receipt is taken away. */
    DROP {
        @Override
        Optional<Spoilt> spoil(List<CopiedRecord> partition, JournalReading journal) {
            return receipted(partition, journal)
                    .findFirst()
                    .map(victim -> new Spoilt(
                            partition.stream()
                                    .filter(record -> !record.isRepeatOf(victim))
                                    .toList(),
                            "took away " + victim));
        }
    },
    /** One event that has a receipt, the last of its lane that has, is there once more under a number of its own: nothing else is wrong. */
    DOUBLE {
        @Override
        Optional<Spoilt> spoil(List<CopiedRecord> partition, JournalReading journal) {
            return receipted(partition, journal).findFirst().map(one -> {
                CopiedRecord.Numbered victim = receipted(partition, journal)
                        .filter(event -> event.isInLaneOf(one))
                        .max(Comparator.comparingLong(event -> event.number().seq()))
                        .orElseThrow();
                long next = 1
                        + partition.stream()
                                .filter(record -> record.isInLaneOf(victim))
                                .mapToLong(record ->
                                        record.numbered().orElseThrow().number().seq())
                                .max()
                                .orElseThrow();
                List<CopiedRecord> more = new ArrayList<>(partition);
                more.add(first(partition, victim).withSeq(next));
                return new Spoilt(more, "stored " + victim + " once more, as number " + next);
            });
        }
    },
    /** Two events of a lane that have receipts change places. */
    SWAP {
        @Override
        Optional<Spoilt> spoil(List<CopiedRecord> partition, JournalReading journal) {
            return receipted(partition, journal)
                    .flatMap(one -> receipted(partition, journal)
                            .filter(other -> other.isInLaneOf(one)
                                    && other.number().seq() > one.number().seq())
                            .limit(1)
                            .map(other ->
                                    new Spoilt(swapped(partition, one, other), "exchanged " + one + " and " + other)))
                    .findFirst();
        }

        private List<CopiedRecord> swapped(
                List<CopiedRecord> partition, CopiedRecord.Numbered one, CopiedRecord.Numbered other) {
            byte[] oneValue = first(partition, one).value();
            byte[] otherValue = first(partition, other).value();
            return partition.stream()
                    .map(record -> record.isRepeatOf(one)
                            ? record.withValue(otherValue)
                            : record.isRepeatOf(other) ? record.withValue(oneValue) : record)
                    .toList();
        }
    };

    /**
     * A partition's records with the fault among them.
     *
     * @param records in their new order
     * @param sentence what was done
     */
    record Spoilt(List<CopiedRecord> records, String sentence) {}

    /** The records of one partition with the fault in them; empty if there is nothing in it to spoil. */
    abstract Optional<Spoilt> spoil(List<CopiedRecord> partition, JournalReading journal);

    private static Stream<CopiedRecord.Numbered> receipted(List<CopiedRecord> partition, JournalReading journal) {
        return partition.stream()
                .flatMap(record -> record.numbered().stream())
                .filter(event -> journal.hasReceipt(event.device(), event.counter()));
    }

    private static CopiedRecord first(List<CopiedRecord> partition, CopiedRecord.Numbered wanted) {
        return partition.stream()
                .filter(record -> record.isRepeatOf(wanted))
                .findFirst()
                .orElseThrow();
    }
}
