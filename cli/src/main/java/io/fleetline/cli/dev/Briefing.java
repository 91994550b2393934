package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.ingest.kafka.TopicNames;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tells where everything is once an instance is ready, and what to try next. */
final class Briefing {
    private final DevPlan plan;
    private final Instance instance;
    private final TopicNames topics;
    private final Map<String, ProcessHandle> processes;
    private final Optional<String> exact;
    private final List<Path> logs;

    /**
     * @param processes the nodes' by name, if they have processes of their own
     * @param exact where the exact stage writes, if it runs
     */
    Briefing(
            DevPlan plan,
            Instance instance,
            TopicNames topics,
            Map<String, ProcessHandle> processes,
            Optional<String> exact,
            List<Path> logs) {
        this.plan = plan;
        this.instance = instance;
        this.topics = topics;
        this.processes = new TreeMap<>(processes);
        this.exact = exact;
        this.logs = List.copyOf(logs);
    }

    /** Tells it above this line. */
    void tell(LiveLine line, Duration startTook) {
        line.say(String.format(Locale.ROOT, "Fleetline is ready after %.1f s.", startTook.toMillis() / 1e3));
        line.say("");
        line.say("  Devices connect to  "
                + instance.endpoints().stream().map(URI::toString).collect(Collectors.joining(", ")));
        if (!processes.isEmpty()) {
            line.say("  Nodes               "
                    + processes.entrySet().stream()
                            .map(node -> node.getKey() + " (process "
                                    + node.getValue().pid() + ")")
                            .collect(Collectors.joining(", ")));
        }
        line.say("  They trust          " + instance.authority());
        line.say("  Their secrets       " + instance.credentials());
        line.say("  Kafka               " + instance.bootstrap());
        line.say("  Topics              "
                + String.join(
                        ", ",
                        topics.events(),
                        topics.commands(),
                        topics.commandUpdates(),
                        topics.deadLetters(),
                        topics.devices()));
        exact.ifPresent(where -> line.say("  Exact topic         " + where));
        line.say("  Logs                " + logs.stream().map(Path::toString).collect(Collectors.joining(", ")));
        line.say("");
        line.say("  " + DevPlan.HOST + " publishes this machine's own readings"
                + (plan.boilers() == 0 ? "" : ", " + plan.boilers() + " simulated boilers publish beside it")
                + "; " + Instance.GUEST + " is free for you.");
        line.say("  Rates per device and limits per address are off, and Kafka keeps one copy: never for production.");
        line.say("");
        line.say("Try next, in another terminal:");
        String self = selfName();
        line.say("  " + self + " tail --device " + DevPlan.HOST);
        line.say("  " + self + " command " + DevPlan.HOST + " read-now");
        line.say("  " + self
                + (plan.boilers() == 0
                        ? " command " + DevPlan.HOST + " set-interval '{\"seconds\": 0.2}'"
                        : " command " + plan.boilerIds().get(0) + " set-target '{\"celsius\": 75}'"));
        processes.entrySet().stream()
                .findFirst()
                .ifPresent(node -> line.say("  kill -9 " + node.getValue().pid()));
        line.say("");
        line.say(plan.runFor()
                .map(time -> "It ends by itself after " + time.toMillis() / 1e3 + " s.")
                .orElse("Ctrl-C ends it."));
    }

    /** How this command was called, as the launcher knows. */
    private static String selfName() {
        String name = System.getenv("FLEETLINE_COMMAND");
        return name == null || name.isBlank() ? "fleetline" : name.contains(" ") ? "'" + name + "'" : name;
    }
}
