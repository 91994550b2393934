package io.fleetline.simulator.scenario;

import io.fleetline.device.OutboxConfig;
import io.fleetline.device.OutboxMode;
import io.fleetline.device.OverflowPolicy;
import io.fleetline.protocol.Lane;
import io.fleetline.simulator.payload.Gps;
import io.fleetline.simulator.payload.PayloadModel;
import io.fleetline.simulator.payload.Replay;
import io.fleetline.simulator.payload.Vibration;
import io.fleetline.simulator.schedule.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a scenario from YAML; docs/simulator.md has its keys. */
final class ScenarioReader {
    private enum ScheduleKind {
        FIXED,
        POISSON,
        BURSTS,
        DAY
    }

    private enum PayloadKind {
        WALK,
        GPS,
        VIBRATION,
        COUNTERS,
        REPLAY
    }

    private enum Overflow {
        REFUSE,
        DROP_OLDEST,
        KEEP_NEWEST
    }

    private enum Receivers {
        ALL,
        ONE
    }

    private enum CredentialKind {
        SECRET,
        TOKEN
    }

    private enum Pattern {
        EVEN,
        RANDOM
    }

    private final Path directory;
    private final Overrides overrides;

    private ScenarioReader(Path directory, Overrides overrides) {
        this.directory = directory;
        this.overrides = overrides;
    }

    static Scenario parse(String yaml, String source, Path directory, Overrides overrides) {
        return new ScenarioReader(directory, overrides).scenario(Section.root(yaml, source));
    }

    private Scenario scenario(Section root) {
        String name = root.text("name");
        String about = root.text("about", "");
        long writtenSeed = root.number("seed", 1);
        int nodes = root.count("nodes", 1);
        int brokers = root.count("brokers", 1);
        int writtenProcesses = root.count("processes", 1);
        Duration drain = root.duration("drain", Duration.ofSeconds(30));
        Duration warmUp = root.duration("warmUp", Duration.ZERO);
        List<Scenario.Stage> stages = root.requiredList("stages", ScenarioReader::stage);
        List<Group> groups = root.requiredList("groups", this::group);
        List<Order> orders = root.list("commands", section -> order(section, groups));
        List<Fault> faults = root.list("faults", section -> fault(section, groups));
        List<Outage> outages = root.list("outages", ScenarioReader::outage);
        Thresholds thresholds = root.section("thresholds").map(this::thresholds).orElse(Thresholds.NONE);
        return root.made(() -> new Scenario(
                name,
                about,
                overrides.seed().orElse(writtenSeed),
                nodes,
                brokers,
                overrides.processes().orElse(writtenProcesses),
                drain,
                warmUp,
                stages,
                groups,
                orders,
                faults,
                outages,
                thresholds));
    }

    private static Scenario.Stage stage(Section section) {
        String name = section.text("name");
        Duration length = section.duration("for");
        double load = section.decimal("load", 1);
        return section.made(() -> new Scenario.Stage(name, length, load));
    }

    private Group group(Section section) {
        String name = section.text("name");
        String tenant = section.text("tenant", "sim");
        int written = section.count("devices");
        int devices = overrides.devicesOf(name, written);
        Group.Outbox outbox =
                section.section("outbox").map(ScenarioReader::outbox).orElseGet(ScenarioReader::memory);
        Group.Arrival arrival = section.section("arrive")
                .map(arrive -> arrival(arrive, written))
                .orElseGet(() -> new Group.Arrival(Duration.ZERO, Duration.ZERO, false));
        List<Group.Publication> publications = section.list("publish", this::publication);
        List<Group.Handler> handlers = section.list("answers", ScenarioReader::handler);
        Optional<Duration> ackP99 = section.optionalDuration("ackP99");
        Optional<Duration> tokens = section.section("credential").flatMap(ScenarioReader::tokens);
        Optional<Duration> clockOffset = section.optionalDuration("clockOffset");
        return section.made(() ->
                new Group(name, tenant, devices, outbox, arrival, publications, handlers, ackP99, tokens, clockOffset));
    }

    private static Optional<Duration> tokens(Section section) {
        CredentialKind kind = section.word("kind", CredentialKind.class);
        Optional<Duration> lifetime = kind == CredentialKind.TOKEN
                ? Optional.of(section.duration("lifetime", Duration.ofHours(1)))
                : Optional.empty();
        return section.made(() -> lifetime);
    }

    private static Group.Outbox memory() {
        return new Group.Outbox(OutboxMode.MEMORY, OutboxConfig.DEFAULT_MEMORY_BYTES, new OverflowPolicy.Refuse());
    }

    private static Group.Outbox outbox(Section section) {
        OutboxMode mode = section.word("mode", OutboxMode.class, OutboxMode.MEMORY);
        boolean inMemory = mode == OutboxMode.MEMORY;
        long bytes = section.number(
                "maxBytes", inMemory ? OutboxConfig.DEFAULT_MEMORY_BYTES : OutboxConfig.DEFAULT_DISK_BYTES);
        Overflow overflow = section.word("overflow", Overflow.class, inMemory ? Overflow.REFUSE : Overflow.DROP_OLDEST);
        OverflowPolicy policy = switch (overflow) {
            case REFUSE -> new OverflowPolicy.Refuse();
            case DROP_OLDEST -> new OverflowPolicy.DropOldest();
            case KEEP_NEWEST -> new OverflowPolicy.KeepNewest();
        };
        return section.made(() -> {
            Checks.range("maxBytes", bytes, OutboxConfig.LEAST_BYTES, 1L << 40);
            return new Group.Outbox(mode, bytes, policy);
        });
    }

    private static Group.Arrival arrival(Section section, int devices) {
        Duration at = section.duration("at", Duration.ZERO);
        Optional<Duration> over = section.optionalDuration("over");
        Optional<Double> rate = section.optionalDecimal("perSecond");
        boolean byChance = section.word("pattern", Pattern.class, Pattern.EVEN) == Pattern.RANDOM;
        return section.made(() -> {
            if (over.isPresent() && rate.isPresent()) {
                throw new IllegalArgumentException("over and perSecond do not go together");
            }
            rate.ifPresent(perSecond -> Checks.range("perSecond", perSecond, 0.001, 1_000_000));
            Duration length = over.or(() -> rate.map(perSecond -> Duration.ofNanos((long) (1e9 * devices / perSecond))))
                    .orElse(Duration.ZERO);
            return new Group.Arrival(at, length, byChance);
        });
    }

    private Group.Publication publication(Section section) {
        String channel = section.text("channel");
        Lane lane = section.word("lane", Lane.class, Lane.NORMAL);
        Optional<Duration> ttl = section.optionalDuration("ttl");
        Schedule schedule = schedule(section.requiredSection("schedule"));
        PayloadModel payload = payload(section.requiredSection("payload"));
        return section.made(() -> new Group.Publication(channel, lane, ttl, schedule, payload));
    }

    private static Schedule schedule(Section section) {
        ScheduleKind kind = section.word("kind", ScheduleKind.class, ScheduleKind.FIXED);
        Duration every = section.duration("every");
        return switch (kind) {
            case FIXED -> section.made(() -> new Schedule.Fixed(every));
            case POISSON -> section.made(() -> new Schedule.Poisson(every));
            case BURSTS -> {
                int events = section.count("events");
                Duration spacing = section.duration("spacing", Duration.ZERO);
                yield section.made(() -> new Schedule.Bursts(every, events, spacing));
            }
            case DAY -> {
                Duration day = section.duration("day", Duration.ofDays(1));
                double night = section.decimal("night", 0.1);
                yield section.made(() -> new Schedule.Day(every, day, night));
            }
        };
    }

    private PayloadModel payload(Section section) {
        PayloadKind kind = section.word("kind", PayloadKind.class);
        return switch (kind) {
            case WALK -> {
                List<String> fields = section.texts("fields");
                double start = section.decimal("start", 20);
                double step = section.decimal("step", 0.1);
                double least = section.decimal("least", -40);
                double most = section.decimal("most", 120);
                yield section.made(() ->
                        new PayloadModel.Walk(fields.isEmpty() ? List.of("value") : fields, start, step, least, most));
            }
            case GPS -> {
                double latitude = section.decimal("latitude", 52.52);
                double longitude = section.decimal("longitude", 13.405);
                double speed = section.decimal("metersPerSecond", 12);
                yield section.made(() -> new Gps(latitude, longitude, speed));
            }
            case VIBRATION -> {
                int samples = section.count("samples", 512);
                int perSecond = section.count("samplesPerSecond", 6_400);
                double hertz = section.decimal("hertz", 49.5);
                yield section.made(() -> new Vibration(samples, perSecond, hertz));
            }
            case COUNTERS -> {
                List<String> fields = section.texts("fields");
                long mostStep = section.number("mostStep", 10);
                yield section.made(
                        () -> new PayloadModel.Counters(fields.isEmpty() ? List.of("count") : fields, mostStep));
            }
            case REPLAY -> {
                Path file = directory.resolve(section.text("file"));
                yield section.made(() -> Replay.read(file));
            }
        };
    }

    private static Group.Handler handler(Section section) {
        String name = section.text("name");
        Duration answerTime = section.duration("answerTime", Duration.ZERO);
        double failures = section.decimal("failures", 0);
        return section.made(() -> new Group.Handler(name, answerTime, failures));
    }

    private static Order order(Section section, List<Group> groups) {
        String name = section.text("name");
        String group = knownGroup(section, groups);
        Duration at = section.duration("at", Duration.ZERO);
        Optional<Duration> every = section.optionalDuration("every");
        boolean all = section.word("to", Receivers.class, Receivers.ALL) == Receivers.ALL;
        Duration expiry = section.duration("expiry", Duration.ofMinutes(1));
        return section.made(() -> new Order(name, group, at, every, all, expiry));
    }

    private static Fault fault(Section section, List<Group> groups) {
        Fault.Kind kind = section.word("kind", Fault.Kind.class);
        String group = knownGroup(section, groups);
        Duration at = section.duration("at");
        Duration length = kind == Fault.Kind.DISCONNECT ? Duration.ZERO : section.duration("for");
        double share = section.decimal("share", 1);
        Duration delay = kind == Fault.Kind.DELAY ? section.duration("delay") : Duration.ZERO;
        double loss = kind == Fault.Kind.LOSS ? section.decimal("loss", 0.1) : 0;
        long bytes = kind == Fault.Kind.SLOW_READER ? section.number("bytesPerSecond") : 0;
        return section.made(() -> new Fault(kind, group, at, length, share, delay, loss, bytes));
    }

    private static Outage outage(Section section) {
        Outage.Kind kind = section.word("kind", Outage.Kind.class);
        Optional<Integer> node = section.optionalCount("node");
        Optional<Integer> broker = section.optionalCount("broker");
        Optional<Integer> process = section.optionalCount("process");
        Duration at = section.duration("at");
        Duration length = section.duration("for");
        return section.made(() -> {
            List<Outage.Part> parts = Stream.of(
                            part(Outage.Role.NODE, node),
                            part(Outage.Role.BROKER, broker),
                            part(Outage.Role.PROCESS, process))
                    .flatMap(Optional::stream)
                    .toList();
            if (parts.size() != 1) {
                throw new IllegalArgumentException(
                        "one of node, broker and process is needed, the number of one of them");
            }
            return new Outage(kind, parts.get(0), at, length);
        });
    }

    private static Optional<Outage.Part> part(Outage.Role role, Optional<Integer> number) {
        return number.map(given -> new Outage.Part(role, given));
    }

    private static String knownGroup(Section section, List<Group> groups) {
        String name = section.text("group");
        List<String> names = groups.stream().map(Group::name).toList();
        if (!names.contains(name)) {
            throw section.wrong(
                    "group",
                    "there is no group " + name
                            + Spelling.nearest(name, names)
                                    .map(known -> "; did you mean " + known + "?")
                                    .orElse("; there are " + String.join(", ", names)));
        }
        return name;
    }

    private Thresholds thresholds(Section section) {
        Optional<Duration> ackP99 = section.optionalDuration("ackP99");
        Optional<Duration> ackP999 = section.optionalDuration("ackP999");
        Optional<Duration> readerP99 = section.optionalDuration("readerP99");
        Optional<Duration> commandP99 = section.optionalDuration("commandP99");
        Optional<Duration> connectP99 = section.optionalDuration("connectP99");
        Optional<Double> connected = section.optionalDecimal("connected");
        Optional<Long> dropped = section.optionalNumber("dropped");
        Optional<Long> late = section.optionalNumber("late");
        Duration lateAfter = section.duration("lateAfter", Thresholds.NONE.lateAfter());
        // What devices publish together is as many times as large as there are more of them.
        Optional<Double> rate =
                section.optionalDecimal("eventsPerSecond").map(perSecond -> perSecond * overrides.scale());
        return section.made(() -> new Thresholds(
                ackP99, ackP999, readerP99, commandP99, connectP99, connected, dropped, late, lateAfter, rate));
    }
}
