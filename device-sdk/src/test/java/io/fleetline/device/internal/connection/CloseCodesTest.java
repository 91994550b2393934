package io.fleetline.device.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.fake.IssuedByTest;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.Reported;
import io.fleetline.device.fake.World;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame.Welcome;
import io.fleetline.testkit.Seeds;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the device does about each way in which a connection or an attempt can end: the table of the protocol, row by row. */
class CloseCodesTest {
    private static final int SEEDS = 100;
    private static final long WINDOW_MILLIS = 3_000;
    private static final Duration NONE = Duration.ZERO;
    private static final Duration WINDOW = Duration.ofMillis(WINDOW_MILLIS);
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration SLOW_LEAST = Duration.ofMinutes(5);
    private static final Duration SLOW_MOST = Duration.ofMinutes(60);

    /** What the runs showed, in the order of the rows: printed for docs/device-sdk.md. */
    private static final Map<String, Row> TABLE = new LinkedHashMap<>();

    private static final class Row {
        final EndCause cause;
        Duration shortest = Duration.ofDays(1);
        Duration longest = Duration.ZERO;
        boolean slow;
        boolean newCredential;
        boolean oneAtATime;

        Row(EndCause cause) {
            this.cause = cause;
        }

        String line(String ended) {
            return String.format(
                    "| %s | `%s` | `%s` | %s to %s |%s%s |",
                    ended,
                    cause,
                    slow ? "HELD_OFF" : "WAITING",
                    text(shortest),
                    text(longest),
                    newCredential ? " with a new credential" : "",
                    oneAtATime ? " quarantine" : "");
        }

        private static String text(Duration pause) {
            return pause.compareTo(Duration.ofMinutes(2)) > 0
                    ? pause.toMinutes() + " min"
                    : String.format(java.util.Locale.ROOT, "%.2f s", pause.toMillis() / 1e3);
        }
    }

    @AfterAll
    static void printTheTable() {
        System.out.println("From " + SEEDS + " runs of each; reconnect window " + WINDOW_MILLIS + " ms.");
        System.out.println("| what ended it | reason | state until then | next attempt after | and |");
        System.out.println("|---|---|---|---|---|");
        TABLE.forEach((ended, row) -> System.out.println(row.line(ended)));
    }

    /** How a connection that was welcomed ends, and how long it takes to the next attempt, at least and at most. */
    static Stream<Arguments> closeCodes() {
        return Stream.of(
                Arguments.of(1000, EndCause.NODE_GOING_AWAY, NONE, WINDOW),
                Arguments.of(1001, EndCause.NODE_GOING_AWAY, NONE, WINDOW),
                Arguments.of(1012, EndCause.NODE_GOING_AWAY, NONE, WINDOW),
                Arguments.of(1002, EndCause.REFUSED_FRAME, NONE, FIRST_BACKOFF),
                Arguments.of(1003, EndCause.REFUSED_FRAME, NONE, FIRST_BACKOFF),
                Arguments.of(1007, EndCause.REFUSED_FRAME, NONE, FIRST_BACKOFF),
                Arguments.of(1009, EndCause.REFUSED_FRAME, NONE, FIRST_BACKOFF),
                Arguments.of(1011, EndCause.NODE_FAILED, NONE, FIRST_BACKOFF),
                Arguments.of(1013, EndCause.NODE_BUSY, Duration.ofSeconds(5), Duration.ofMillis(7_500)),
                Arguments.of(4400, EndCause.REFUSED_FRAME, NONE, FIRST_BACKOFF),
                Arguments.of(4401, EndCause.CREDENTIAL_EXPIRED, NONE, FIRST_BACKOFF),
                Arguments.of(4403, EndCause.DISABLED, SLOW_LEAST, SLOW_MOST),
                Arguments.of(4408, EndCause.TIMED_OUT, NONE, FIRST_BACKOFF),
                Arguments.of(4409, EndCause.TAKEN_OVER, Duration.ofSeconds(30), Duration.ofSeconds(45)),
                Arguments.of(4429, EndCause.FLOODING, Duration.ofSeconds(30), Duration.ofSeconds(45)),
                Arguments.of(3999, EndCause.NODE_FAILED, NONE, FIRST_BACKOFF),
                Arguments.of(1006, EndCause.LOST, NONE, WINDOW));
    }

    @ParameterizedTest(name = "{0}: {1}, next attempt after {2} to {3}")
    @MethodSource("closeCodes")
    void afterThisCloseCodeTheNextAttemptComesWithinTheseBounds(
            int code, EndCause cause, Duration least, Duration most) {
        Seeds.forEach(SEEDS, seed -> {
            World world = new World(seed, welcoming());
            IssuedByTest credentials = new IssuedByTest(world);
            world.credentials = credentials;
            ConnectionKeeper device = world.device();
            for (int i = 0; i < 5; i++) {
                Reported.publish(device, Lane.NORMAL, i);
            }
            device.start();
            world.passUntil(() -> device.counters().inFlightItems() == 5, Duration.ofSeconds(1));
            if (code == 1006) {
                world.pipe().cut();
            } else {
                world.node.latest().close(code, "");
            }
            world.passUntil(() -> device.status().phase() == Phase.WAITING, Duration.ofSeconds(1));
            String ended = code == 1006 ? "no close frame (1006)" : code == 3999 ? "any other code (3999)" : "" + code;
            Row row = TABLE.computeIfAbsent(ended, any -> new Row(cause));
            assertNextAttempt(world, device, row, least, most);
            world.passUntil(() -> device.counters().inFlightItems() > 0, Duration.ofSeconds(1));
            row.newCredential = credentials.issued == 2;
            row.oneAtATime = device.counters().inFlightItems() == 1;
            assertThat(row.newCredential).isEqualTo(cause == EndCause.CREDENTIAL_EXPIRED);
            assertThat(row.oneAtATime).isEqualTo(cause == EndCause.REFUSED_FRAME);
        });
    }

    /** How an attempt ends before a connection was ever welcomed. */
    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(Ending.refused(302, ""), EndCause.WRONG_ENDPOINT, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.refused(400, ""), EndCause.WRONG_ENDPOINT, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.refused(401, ""), EndCause.BAD_CREDENTIAL, NONE, FIRST_BACKOFF),
                Arguments.of(Ending.refused(403, ""), EndCause.DISABLED, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.refused(404, ""), EndCause.WRONG_ENDPOINT, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.refused(405, ""), EndCause.WRONG_ENDPOINT, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.refused(426, ""), EndCause.WRONG_ENDPOINT, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.refused(429, "10"), EndCause.THROTTLED, seconds(10), seconds(15)),
                Arguments.of(Ending.refused(431, ""), EndCause.WRONG_ENDPOINT, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.refused(500, ""), EndCause.NODE_FAILED, NONE, FIRST_BACKOFF),
                Arguments.of(Ending.refused(503, ""), EndCause.NODE_BUSY, seconds(5), Duration.ofMillis(7_500)),
                Arguments.of(Ending.refused(503, "20"), EndCause.NODE_BUSY, seconds(20), seconds(30)),
                Arguments.of(Ending.refused(503, "0"), EndCause.NODE_BUSY, seconds(1), Duration.ofMillis(1_500)),
                Arguments.of(Ending.refused(503, "31536000"), EndCause.NODE_BUSY, seconds(600), seconds(900)),
                Arguments.of(
                        Ending.refused(503, "99999999999999999999"),
                        EndCause.NODE_BUSY,
                        seconds(5),
                        Duration.ofMillis(7_500)),
                Arguments.of(
                        Ending.refused(503, "Sat, 21 Nov 2026 12:00:00 GMT"),
                        EndCause.NODE_BUSY,
                        seconds(5),
                        Duration.ofMillis(7_500)),
                Arguments.of(
                        Ending.of(EndCause.UNTRUSTED_NODE, "expired"), EndCause.UNTRUSTED_NODE, SLOW_LEAST, SLOW_MOST),
                Arguments.of(Ending.of(EndCause.UNREACHABLE, "refused"), EndCause.UNREACHABLE, NONE, FIRST_BACKOFF));
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void afterThisRefusalTheNextAttemptComesWithinTheseBounds(
            Ending refusal, EndCause cause, Duration least, Duration most) {
        Seeds.forEach(SEEDS, seed -> {
            World world = new World(seed, welcoming());
            IssuedByTest credentials = new IssuedByTest(world);
            world.credentials = credentials;
            ConnectionKeeper device = world.device();
            world.refusal = Optional.of(refusal);
            device.start();
            world.passUntil(() -> device.status().phase() == Phase.WAITING, Duration.ofSeconds(1));
            assertThat(device.status().slow()).isEqualTo(least.equals(SLOW_LEAST));
            Row row = TABLE.computeIfAbsent(refusal.detail(), any -> new Row(cause));
            assertNextAttempt(world, device, row, least, most);
            row.newCredential = credentials.issued == 2;
            assertThat(row.newCredential).isEqualTo(cause == EndCause.BAD_CREDENTIAL);
        });
    }

    private static void assertNextAttempt(
            World world, ConnectionKeeper device, Row row, Duration least, Duration most) {
        long endedNanos = world.nanos();
        assertThat(device.status().lastEnding().orElseThrow().cause()).isEqualTo(row.cause);
        row.slow = device.status().slow();
        int attempts = world.dials.size();
        world.refusal = Optional.empty();
        world.passUntil(() -> world.dials.size() > attempts, SLOW_MOST.plusSeconds(1));
        Duration pause = Duration.ofNanos(world.nanos() - endedNanos);
        assertThat(pause).isBetween(least, most.plusMillis(1));
        row.shortest = pause.compareTo(row.shortest) < 0 ? pause : row.shortest;
        row.longest = pause.compareTo(row.longest) > 0 ? pause : row.longest;
        world.passUntil(() -> device.status().phase() == Phase.CONNECTED, Duration.ofSeconds(1));
    }

    private static NodeBehaviour welcoming() {
        return new NodeBehaviour() {
            @Override
            public long storeNanos(Lane lane, long seq) {
                return Duration.ofDays(1).toNanos();
            }

            @Override
            public Welcome welcome(long connection, long unixMillis) {
                return new Welcome(connection, unixMillis, 25_000, 65_536, 32_768, 1024, 1 << 20, 0, 0, WINDOW_MILLIS);
            }
        };
    }
}
