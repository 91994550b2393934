package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.tools.ProducerPerformance;

/**
 * {@code kafka-producer-perf-test}, Kafka's own: records of random letters, without key and without headers, which it
 * cannot write.
 *
 * <ul>
 *   <li>{@code run {settings, topic, bytes, records, warmUpRecords}}: gives the number of {@code events}, and
 *       {@code perSecond} as the test itself found it, without its first {@code warmUpRecords}
 * </ul>
 */
public final class PerfTestRole implements Role {
    private static final Pattern STEADY = Pattern.compile("\\d+ steady state records sent, ([0-9.]+) records/sec");

    /** For the child process. */
    public PerfTestRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws Exception {
        if (!verb.equals("run")) {
            throw new IllegalArgumentException("the perf test does not know how to " + verb);
        }
        long records = arguments.path("records").asLong();
        List<String> options = new ArrayList<>(List.of(
                "--topic",
                arguments.path("topic").asText(),
                "--record-size",
                arguments.path("bytes").asText(),
                "--num-records",
                Long.toString(records),
                "--warmup-records",
                arguments.path("warmUpRecords").asText(),
                "--throughput",
                "-1",
                "--command-property"));
        for (Map.Entry<String, JsonNode> setting : arguments.path("settings").properties()) {
            options.add(setting.getKey() + "=" + setting.getValue().asText());
        }
        return Map.of("events", records, "perSecond", steadyRate(outputOf(options)));
    }

    private static String outputOf(List<String> options) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            ProducerPerformance.main(options.toArray(String[]::new));
        } finally {
            System.setOut(before);
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    /** The rate that the test states for the time after its warm-up. */
    static double steadyRate(String output) {
        Matcher line = STEADY.matcher(output);
        if (!line.find()) {
            throw new IllegalStateException("kafka-producer-perf-test stated no rate, but: " + output);
        }
        return Double.parseDouble(line.group(1));
    }

    @Override
    public void close() {}
}
