package io.fleetline.system.delivery;

import java.net.URI;
import java.util.Optional;

/** A place where a node runs, or will again. */
final class Node {
    private static final int MOST_SKEW_MILLIS = 4_000;

    private final World world;
    private final int number;
    private Optional<NodeProcess> process = Optional.empty();
    private final long skewMillis;

    Node(World world, int number) {
        this.world = world;
        this.number = number;
        this.skewMillis = world.random.nextLong(2L * MOST_SKEW_MILLIS + 1) - MOST_SKEW_MILLIS;
        start();
    }

    URI endpoint() {
        return endpoint(number);
    }

    static URI endpoint(int number) {
        return URI.create("wss://node-" + number + ":8443/connect");
    }

    Optional<NodeProcess> process() {
        return process;
    }

    void start() {
        if (process.isEmpty()) {
            process = Optional.of(new NodeProcess(world, number, skewMillis));
        }
    }

    /** The process ends; another one starts here after a while. */
    void die(boolean withItsMachine) {
        if (process.isPresent()) {
            process.get().die(withItsMachine);
            process = Optional.empty();
            world.time.after(world.millis(5_000), this::start);
        }
    }
}
