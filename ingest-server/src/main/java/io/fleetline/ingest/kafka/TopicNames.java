package io.fleetline.ingest.kafka;

import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.Topics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names of the topics. Where <code>{tenant}</code> stands in the name of the events' topic or the dead letters', each
 * tenant has one of its own.
 *
 * @param events events and gaps
 * @param deadLetters what was rejected
 * @param commands commands in
 * @param commandUpdates what became of them
 * @param devices the registry of devices
 * @param tenants the registry of tenants
 * @param audit who changed what in the registry
 */
public record TopicNames(
        String events,
        String deadLetters,
        String commands,
        String commandUpdates,
        String devices,
        String tenants,
        String audit) {
    /** What stands for the tenant in a name. */
    public static final String TENANT = "{tenant}";

    /** Kafka's own limit. */
    private static final int MAX_CHARS = 249;

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final String ANY_TENANT = "[a-z0-9-]{1," + ProtocolLimits.MAX_TENANT_CHARS + "}";

    /** The names that the documentation uses. */
    public static final TopicNames DEFAULTS = new TopicNames(
            Topics.EVENTS,
            Topics.DEAD_LETTERS,
            Topics.COMMANDS,
            Topics.COMMAND_UPDATES,
            Topics.DEVICES,
            Topics.TENANTS,
            Topics.AUDIT);

    /**
     * Checks each name, and that no two can ever be the same.
     *
     * @throws IllegalArgumentException naming the setting
     */
    public TopicNames {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("events", events);
        all.put("deadLetters", deadLetters);
        all.put("commands", commands);
        all.put("commandUpdates", commandUpdates);
        all.put("devices", devices);
        all.put("tenants", tenants);
        all.put("audit", audit);
        all.forEach(TopicNames::check);
        all.forEach((key, name) -> all.forEach((otherKey, other) -> {
            if (!key.equals(otherKey)) {
                checkApart(key, name, otherKey, other);
            }
        }));
    }

    private static void check(String key, String name) {
        String bare = name.replace(TENANT, "");
        boolean templated = bare.length() < name.length();
        if (templated && !key.equals("events") && !key.equals("deadLetters")) {
            throw new IllegalArgumentException(
                    "kafka.topics." + key + " is \"" + name + "\", but all tenants share this topic: no " + TENANT);
        }
        int longest = bare.length() + (templated ? ProtocolLimits.MAX_TENANT_CHARS : 0);
        if (name.length() - bare.length() > TENANT.length()
                || !LEGAL.matcher(templated ? bare + "x" : bare).matches()
                || bare.equals(".")
                || bare.equals("..")
                || longest > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "kafka.topics." + key + " is \"" + name + "\", not 1 to " + MAX_CHARS + " of [A-Za-z0-9._-]"
                            + (templated ? " with the longest tenant in it, and " + TENANT + " once" : ""));
        }
    }

    /** A tenant called as the operator likes must not write into a topic that is not meant for events. */
    private static void checkApart(String key, String name, String otherKey, String other) {
        boolean meet;
        if (other.contains(TENANT) && name.contains(TENANT)) {
            meet = canOverlap(name.split(Pattern.quote(TENANT), -1), other.split(Pattern.quote(TENANT), -1));
        } else {
            meet = pattern(name).matcher(other).matches();
        }
        if (meet) {
            throw new IllegalArgumentException("kafka.topics." + key + " is \"" + name
                    + "\", which can be the same topic as" + " kafka.topics." + otherKey + ", \"" + other + "\"");
        }
    }

    private static Pattern pattern(String name) {
        return Pattern.compile(("\\Q" + name + "\\E").replace(TENANT, "\\E" + ANY_TENANT + "\\Q"));
    }

    /** Two templates are apart for all tenants if what stands before the tenant differs, or what stands behind it. */
    private static boolean canOverlap(String[] one, String[] two) {
        boolean sameStart = one[0].startsWith(two[0]) || two[0].startsWith(one[0]);
        boolean sameEnd = one[1].endsWith(two[1]) || two[1].endsWith(one[1]);
        return sameStart && sameEnd;
    }

    /** Whether there are topics that exist once for each tenant. */
    public boolean perTenant() {
        return events.contains(TENANT) || deadLetters.contains(TENANT);
    }

    /** Where events of this tenant go. */
    public String events(String tenant) {
        return events.replace(TENANT, tenant);
    }

    /** Where this tenant's rejected items go. */
    public String deadLetters(String tenant) {
        return deadLetters.replace(TENANT, tenant);
    }
}
