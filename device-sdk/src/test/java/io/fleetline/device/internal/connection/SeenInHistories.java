package io.fleetline.device.internal.connection;

import io.fleetline.device.fake.World;
import io.fleetline.protocol.ServerFrame;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** How often what happened in all histories of a run. Thread-safe. */
final class SeenInHistories {
    static final Set<String> POSSIBLE_MOVES = Set.of(
            "CREATED>PREPARING",
            "PREPARING>DIALLING",
            "PREPARING>WAITING",
            "DIALLING>GREETING",
            "DIALLING>WAITING",
            "GREETING>CONNECTED",
            "GREETING>WAITING",
            "GREETING>ENDING",
            "CONNECTED>WAITING",
            "CONNECTED>LEAVING",
            "CONNECTED>ENDING",
            "LEAVING>ENDING",
            "LEAVING>WAITING",
            "ENDING>WAITING",
            "ENDING>CLOSED",
            "WAITING>PREPARING",
            "WAITING>CLOSED",
            "PREPARING>CLOSED",
            "DIALLING>CLOSED",
            "GREETING>CLOSED");

    private final Map<String, Long> moves = new TreeMap<>();
    private final Map<EndCause, Long> causes = new EnumMap<>(EndCause.class);
    private final Map<Integer, Long> closedByNode = new TreeMap<>();
    private final Map<Integer, Long> closedByDevice = new TreeMap<>();
    private final Map<String, Long> frames = new TreeMap<>();
    private final Map<String, Long> events = new TreeMap<>();

    synchronized void add(World world, Map<String, Integer> happened) {
        Phase before = Phase.CREATED;
        Optional<Ending> ending = Optional.empty();
        for (Status status : world.statuses) {
            if (status.phase() == Phase.CREATED || before == Phase.CLOSED) {
                // The next life of the device.
                before = Phase.CREATED;
                ending = Optional.empty();
            }
            if (before != status.phase()) {
                moves.merge(before + ">" + status.phase(), 1L, Long::sum);
            }
            if (!status.lastEnding().equals(ending)) {
                causes.merge(status.lastEnding().orElseThrow().cause(), 1L, Long::sum);
            }
            before = status.phase();
            ending = status.lastEnding();
        }
        for (ServerFrame frame : world.node.sent()) {
            frames.merge(frame.getClass().getSimpleName(), 1L, Long::sum);
        }
        world.closedByNode.forEach(code -> closedByNode.merge(code, 1L, Long::sum));
        world.closedByDevice.forEach(code -> closedByDevice.merge(code, 1L, Long::sum));
        happened.forEach((what, times) -> events.merge(what, (long) times, Long::sum));
    }

    Map<String, Long> moves() {
        return moves;
    }

    Map<EndCause, Long> causes() {
        return causes;
    }

    /** The codes that devices heard, 1006 for a connection that broke. */
    Map<Integer, Long> closedByNode() {
        return closedByNode;
    }

    Map<Integer, Long> closedByDevice() {
        return closedByDevice;
    }

    Map<String, Long> frames() {
        return frames;
    }

    Map<String, Long> events() {
        return events;
    }

    void print(int histories) {
        System.out.println(histories + " histories");
        System.out.println("moves " + moves);
        System.out.println("endings " + causes);
        System.out.println("close codes of the node " + closedByNode);
        System.out.println("close codes of the device " + closedByDevice);
        System.out.println("frames of the node " + frames);
        System.out.println("happened " + events);
    }
}
