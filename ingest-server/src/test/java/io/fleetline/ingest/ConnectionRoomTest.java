package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many connections a process has room for. */
class ConnectionRoomTest {
    private static final long GIB = 1L << 30;

    @Test
    void theHeapBesideTheBudgetIsSharedByConnections() {
        ConnectionRoom room = ConnectionRoom.of(GIB, GIB / 4, 1_000_000, 100, 1_000);
        assertThat(room.connections()).isEqualTo(16_384);
        assertThat(room).hasToString("16,384: the heap has room for 16,384, the descriptors for 998,644");
    }

    @Test
    void descriptorsAreKeptForHandshakesAndOtherFiles() {
        assertThat(ConnectionRoom.of(16 * GIB, GIB, 20_000, 100, 1_000).connections())
                .isEqualTo(20_000 - 100 - 256 - 1_000);
    }

    @Test
    void whereThereAreFewDescriptorsHandshakesGetHalfOfThem() {
        assertThat(ConnectionRoom.of(16 * GIB, GIB, 1_024, 68, 1_000).connections())
                .isEqualTo(350);
        assertThat(ConnectionRoom.of(16 * GIB, GIB, 100, 100, 1_000).connections())
                .isEqualTo(1);
    }

    @Test
    void whereNobodyKnowsTheDescriptorsTheHeapDecides() {
        assertThat(ConnectionRoom.of(GIB, 0, 0, 0, 1_000).connections()).isEqualTo(21_845);
    }

    @Test
    void thisProcessHasRoomForSome() {
        assertThat(ConnectionRoom.ofThisProcess(0, 1_000).connections()).isPositive();
    }
}
