package io.fleetline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.backend.filter.DeviceState;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.FilterStateException;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader saved is there again, whatever the process or the disk did. */
class FileStateStoreTest {
    private static final TopicPartition PARTITION = new TopicPartition("fleetline.events", 3);
    private static final FilterStart START = FilterStart.after(1_700_000_000_000L);

    @TempDir
    Path directory;

    /** All devices by name, with their states in hex. */
    private final Map<String, String> devices = new TreeMap<>();

    private long offset = PartitionProgress.NOTHING_SAVED;

    private Path file() {
        return directory.resolve("fleetline.events-3.state");
    }

    private PartitionProgress progress(long to, DeviceState... changed) {
        for (DeviceState state : changed) {
            devices.put(state.device().toString(), HexFormat.of().formatHex(state.bytes()));
        }
        List<DeviceState> all = new ArrayList<>();
        devices.forEach((name, hex) ->
                all.add(new DeviceState(DeviceId.parse(name), HexFormat.of().parseHex(hex))));
        PartitionProgress progress =
                new PartitionProgress(PARTITION, offset, to, START, List.of(changed), () -> List.copyOf(all));
        offset = to;
        return progress;
    }

    private static DeviceState state(int device, int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return new DeviceState(new DeviceId("acme", "pump-" + device), array);
    }

    private static Map<String, String> devices(PartitionState state) {
        Map<String, String> devices = new TreeMap<>();
        state.devices()
                .forEach(each ->
                        devices.put(each.device().toString(), HexFormat.of().formatHex(each.bytes())));
        return devices;
    }

    private PartitionState loaded() {
        try (FileStateStore store = FileStateStore.open(directory)) {
            return store.load(PARTITION).orElseThrow();
        }
    }

    @Test
    void nothingIsThereBeforeTheFirstSave() {
        try (FileStateStore store = FileStateStore.open(directory.resolve("new"))) {
            assertThat(store.load(PARTITION)).isEmpty();
        }
    }

    @Test
    void theLastStateOfEachDeviceIsThereAgain() {
        try (FileStateStore store = FileStateStore.open(directory)) {
            store.save(List.of(progress(10, state(1, 1), state(2, 2))));
            store.save(List.of(progress(20, state(2, 22, 23))));
            store.save(List.of(progress(30, state(3))));
        }
        PartitionState state = loaded();
        assertThat(state.nextOffset()).isEqualTo(30);
        assertThat(state.start()).isEqualTo(START);
        assertThat(devices(state)).isEqualTo(devices);
        try (FileStateStore store = FileStateStore.open(directory)) {
            store.load(PARTITION);
            store.save(List.of(progress(40, state(1, 7))));
        }
        assertThat(loaded().nextOffset()).isEqualTo(40);
        assertThat(devices(loaded())).isEqualTo(devices);
    }

    @Test
    void wherePartitionsBeganIsKept() {
        for (FilterStart start : List.of(FilterStart.whole(), FilterStart.atFirstRecord(), FilterStart.after(5))) {
            Path other = directory.resolve(start.toString());
            try (FileStateStore store = FileStateStore.open(other)) {
                store.save(List.of(new PartitionProgress(
                        PARTITION, PartitionProgress.NOTHING_SAVED, 7, start, List.of(), List::of)));
            }
            try (FileStateStore store = FileStateStore.open(other)) {
                assertThat(store.load(PARTITION).orElseThrow().start()).isEqualTo(start);
            }
        }
    }

    @Test
    void aCrashInTheMiddleOfASaveLeavesTheOneBefore() throws IOException {
        try (FileStateStore store = FileStateStore.open(directory)) {
            store.save(List.of(progress(10, state(1, 1))));
        }
        int before = (int) Files.size(file());
        try (FileStateStore store = FileStateStore.open(directory)) {
            store.load(PARTITION);
            store.save(List.of(progress(20, state(1, 2))));
        }
        byte[] whole = Files.readAllBytes(file());
        for (int length = before; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            Files.write(file(), cut);
            assertThat(loaded().nextOffset()).as("%d bytes", length).isEqualTo(10);
            byte[] zeros = Arrays.copyOf(cut, whole.length);
            Files.write(file(), zeros);
            assertThat(loaded().nextOffset()).as("%d bytes and zeros", length).isEqualTo(10);
        }
        Files.write(file(), whole);
        assertThat(loaded().nextOffset()).isEqualTo(20);
        // After a save that was cut off, the next one takes its place.
        Files.write(file(), Arrays.copyOf(whole, whole.length - 3));
        try (FileStateStore store = FileStateStore.open(directory)) {
            offset = store.load(PARTITION).orElseThrow().nextOffset();
            store.save(List.of(progress(15, state(1, 3))));
        }
        assertThat(loaded().nextOffset()).isEqualTo(15);
        assertThat(devices(loaded())).isEqualTo(devices);
    }

    @Test
    void damageThatNoCrashExplainsIsRefused() throws IOException {
        try (FileStateStore store = FileStateStore.open(directory)) {
            store.save(List.of(progress(10, state(1, 1, 2, 3, 4))));
            store.save(List.of(progress(20, state(2, 5, 6, 7, 8))));
        }
        byte[] sound = Files.readAllBytes(file());
        for (int at : List.of(0, 7, 30, 40)) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 0x40;
            Files.write(file(), damaged);
            assertThatThrownBy(this::loaded)
                    .as("byte %d", at)
                    .isInstanceOf(FilterStateException.class)
                    .hasMessageContaining("fleetline.events-3.state");
        }
    }

    @Test
    void aFileThatGrewIsWrittenAnew() throws IOException {
        try (FileStateStore store = FileStateStore.open(directory)) {
            for (int i = 1; i <= 300; i++) {
                store.save(List.of(progress(i, state(i % 10, new int[1_000]))));
            }
            assertThat(Files.size(file())).isLessThan(80_000);
        }
        assertThat(loaded().nextOffset()).isEqualTo(300);
        assertThat(devices(loaded())).isEqualTo(devices);
        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("lock", "fleetline.events-3.state");
        }
    }

    @Test
    void itKeepsWhatAStoreInMemoryKeeps() {
        StateStore memory = StateStore.inMemory();
        Random random = new Random(5);
        FileStateStore store = FileStateStore.open(directory);
        for (int i = 1; i <= 300; i++) {
            PartitionProgress progress = progress(
                    i, state(random.nextInt(20), random.nextInt(256)), state(20 + random.nextInt(5), i & 0xff));
            store.save(List.of(progress));
            memory.save(List.of(progress));
            if (random.nextInt(10) == 0) {
                store.close();
                store = FileStateStore.open(directory);
                assertThat(devices(store.load(PARTITION).orElseThrow()))
                        .as("after save %d", i)
                        .isEqualTo(devices(memory.load(PARTITION).orElseThrow()));
            }
        }
        store.close();
    }

    @Test
    void progressThatDoesNotBuildOnWhatIsThereIsRefused() {
        try (FileStateStore store = FileStateStore.open(directory)) {
            store.save(List.of(progress(10, state(1, 1))));
            PartitionProgress stale = new PartitionProgress(PARTITION, 5, 20, START, List.of(), List::of);
            assertThatThrownBy(() -> store.save(List.of(stale)))
                    .isInstanceOf(StaleProgressException.class)
                    .hasMessageContaining("offset 5")
                    .hasMessageContaining("offset 10");
        }
        assertThat(loaded().nextOffset()).isEqualTo(10);
    }

    @Test
    void aDirectoryHasOneUserAtATime() {
        try (FileStateStore store = FileStateStore.open(directory)) {
            assertThat(store.load(PARTITION)).isEmpty();
            assertThatThrownBy(() -> FileStateStore.open(directory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString());
        }
        FileStateStore.open(directory).close();
    }
}
