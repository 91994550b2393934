package io.fleetline.device;

import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a configuration from names and texts, as files and environments have them. */
final class ConfigReader {
    /** What names in an environment begin with. */
    static final String ENVIRONMENT_PREFIX = "FLEETLINE_DEVICE_";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|min|h|d)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");

    /** Every name there is. */
    static final Set<String> NAMES = Set.of(
            "identity",
            "endpoints",
            "software",
            "connectTimeout",
            "credential.secret",
            "credential.secretFile",
            "credential.keyFile",
            "credential.keyId",
            "credential.audience",
            "credential.tokenLifetime",
            "credential.certificateFile",
            "credential.certificateKeyFile",
            "credential.pkcs12File",
            "credential.pkcs12Password",
            "tls.trustedCertificates",
            "proxy.host",
            "proxy.port",
            "proxy.user",
            "proxy.password",
            "outbox.mode",
            "outbox.directory",
            "outbox.maxBytes",
            "outbox.overflow",
            "outbox.overflowTimeout",
            "sending.linger",
            "sending.maxFrameEvents",
            "sending.maxFrameBytes",
            "commands.concurrency",
            "commands.maxWaiting");

    /** The names that say which kind of credential it is, each with those that belong to it. */
    private static final Map<String, Set<String>> CREDENTIALS = new LinkedHashMap<>();

    static {
        CREDENTIALS.put("credential.secret", Set.of());
        CREDENTIALS.put("credential.secretFile", Set.of());
        CREDENTIALS.put(
                "credential.keyFile", Set.of("credential.keyId", "credential.audience", "credential.tokenLifetime"));
        CREDENTIALS.put("credential.certificateFile", Set.of("credential.certificateKeyFile"));
        CREDENTIALS.put("credential.pkcs12File", Set.of("credential.pkcs12Password"));
    }

    /** A value, and the name that people gave it where they gave it. */
    private record Given(String value, String where) {}

    private final Map<String, Given> given = new TreeMap<>();

    /** Takes what a properties file says; goes before what was taken before. */
    void takeFile(Path file) {
        Map<String, String> read = new LinkedHashMap<>();
        Properties properties = new Properties() {
            @Override
            public synchronized Object put(Object name, Object value) {
                if (read.put((String) name, (String) value) != null) {
                    throw new IllegalArgumentException(name + " is given twice in " + file);
                }
                return "";
            }
        };
        try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the configuration in " + file + ": " + e, e);
        }
        read.forEach((name, value) -> {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException(
                        name + " in " + file + " is no option; there are " + String.join(", ", new TreeSet<>(NAMES)));
            }
            given.put(name, new Given(value.strip(), name + " in " + file));
        });
    }

    /** Takes what an environment says; goes before what was taken before. */
    void takeEnvironment(Map<String, String> environment) {
        Map<String, String> names = new TreeMap<>();
        NAMES.forEach(name -> names.put(environmentName(name), name));
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (variable.startsWith(ENVIRONMENT_PREFIX)) {
                String name = names.get(variable);
                if (name == null) {
                    throw new IllegalArgumentException(variable + " in the environment is no option; there are "
                            + String.join(", ", names.keySet()));
                }
                given.put(name, new Given(value.strip(), variable));
            }
        });
    }

    /** {@code outbox.maxBytes} is {@code FLEETLINE_DEVICE_OUTBOX_MAX_BYTES}. */
    static String environmentName(String name) {
        return ENVIRONMENT_PREFIX
                + name.replace('.', '_').replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    /** The configuration. */
    DeviceConfig read(Optional<Credential> fromCode) {
        return new DeviceConfig(
                required("identity", DeviceId::parse),
                required("endpoints", ConfigReader::endpoints),
                credential(fromCode),
                new TlsConfig(optional("tls.trustedCertificates", Path::of)),
                proxy(),
                outbox(),
                new SendingConfig(
                        or("sending.linger", ConfigReader::duration, SendingConfig.DEFAULT.linger()),
                        or("sending.maxFrameEvents", ConfigReader::number, SendingConfig.DEFAULT.maxFrameEvents()),
                        or("sending.maxFrameBytes", ConfigReader::bytesInt, SendingConfig.DEFAULT.maxFrameBytes())),
                new CommandConfig(
                        or("commands.concurrency", ConfigReader::number, CommandConfig.DEFAULT.concurrency()),
                        or("commands.maxWaiting", ConfigReader::number, CommandConfig.DEFAULT.maxWaiting())),
                or("connectTimeout", ConfigReader::duration, DeviceConfig.DEFAULT_CONNECT_TIMEOUT),
                or("software", text -> text, ""));
    }

    private Credential credential(Optional<Credential> fromCode) {
        List<String> kinds = new ArrayList<>();
        CREDENTIALS.forEach((kind, parts) -> {
            if (given.containsKey(kind)) {
                kinds.add(kind);
            } else {
                parts.stream().filter(given::containsKey).sorted().findFirst().ifPresent(part -> {
                    throw new IllegalArgumentException(where(part) + " is given without " + kind);
                });
            }
        });
        if (fromCode.isPresent()) {
            kinds.add("the credential from code");
        }
        if (kinds.size() != 1) {
            throw new IllegalArgumentException(
                    kinds.isEmpty()
                            ? "a credential is missing: give one of " + String.join(", ", CREDENTIALS.keySet())
                            : "one kind of credential is needed, but there are " + String.join(", ", kinds));
        }
        if (fromCode.isPresent()) {
            return fromCode.get();
        }
        return switch (kinds.get(0)) {
            case "credential.secret" -> required("credential.secret", Credential::secret);
            case "credential.secretFile" -> Credential.secretFile(path("credential.secretFile"));
            case "credential.certificateFile" ->
                Credential.clientCertificate(path("credential.certificateFile"), path("credential.certificateKeyFile"));
            case "credential.pkcs12File" ->
                Credential.clientCertificate(
                        path("credential.pkcs12File"),
                        this.<String>required("credential.pkcs12Password", text -> text));
            default -> signingKey();
        };
    }

    private Credential signingKey() {
        Credential.SigningKey key = (Credential.SigningKey) Credential.signingKey(
                path("credential.keyFile"),
                required("credential.keyId", text -> text),
                required("credential.audience", text -> text));
        return new Credential.SigningKey(
                key.key(),
                key.keyId(),
                key.audience(),
                or("credential.tokenLifetime", ConfigReader::duration, key.lifetime()));
    }

    private Optional<ProxyConfig> proxy() {
        Optional<String> host = optional("proxy.host", text -> text);
        for (String part : List.of("proxy.port", "proxy.user", "proxy.password")) {
            if (host.isEmpty() && given.containsKey(part)) {
                throw new IllegalArgumentException(where(part) + " is given without proxy.host");
            }
        }
        if (given.containsKey("proxy.password") && !given.containsKey("proxy.user")) {
            throw new IllegalArgumentException(where("proxy.password") + " is given without proxy.user");
        }
        return host.map(name -> {
            ProxyConfig proxy = ProxyConfig.of(name, required("proxy.port", ConfigReader::number));
            return optional("proxy.user", text -> text)
                    .map(user -> proxy.login(user, or("proxy.password", text -> text, "")))
                    .orElse(proxy);
        });
    }

    private OutboxConfig outbox() {
        Optional<Path> directory = optional("outbox.directory", Path::of);
        OutboxMode mode = or(
                "outbox.mode",
                text -> constant(text, OutboxMode.values()),
                directory.isPresent() ? OutboxMode.DURABLE : OutboxMode.MEMORY);
        long most = mode == OutboxMode.MEMORY ? OutboxConfig.DEFAULT_MEMORY_BYTES : OutboxConfig.DEFAULT_DISK_BYTES;
        OverflowPolicy usual =
                mode == OutboxMode.MEMORY ? new OverflowPolicy.Refuse() : new OverflowPolicy.DropOldest();
        return new OutboxConfig(
                mode,
                directory,
                or("outbox.maxBytes", ConfigReader::bytes, most),
                given.containsKey("outbox.overflow") ? overflow() : usual);
    }

    private OverflowPolicy overflow() {
        String policy = required("outbox.overflow", text -> text).toLowerCase(Locale.ROOT);
        if (given.containsKey("outbox.overflowTimeout") && !policy.equals("block")) {
            throw new IllegalArgumentException(
                    where("outbox.overflowTimeout") + " is given, but outbox.overflow is not block");
        }
        return switch (policy) {
            case "block" -> new OverflowPolicy.Block(required("outbox.overflowTimeout", ConfigReader::duration));
            case "refuse" -> new OverflowPolicy.Refuse();
            case "drop-oldest" -> new OverflowPolicy.DropOldest();
            case "keep-newest" -> new OverflowPolicy.KeepNewest();
            default ->
                throw new IllegalArgumentException(where("outbox.overflow") + " is \"" + policy
                        + "\", not block, refuse, drop-oldest or keep-newest");
        };
    }

    private Path path(String name) {
        return required(name, Path::of);
    }

    private <T> T required(String name, Function<String, T> form) {
        return optional(name, form)
                .orElseThrow(() -> new IllegalArgumentException(
                        name + " is missing (in the environment: " + environmentName(name) + ")"));
    }

    private <T> T or(String name, Function<String, T> form, T otherwise) {
        return optional(name, form).orElse(otherwise);
    }

    private <T> Optional<T> optional(String name, Function<String, T> form) {
        Given value = given.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(form.apply(value.value()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(value.where() + ": " + e.getMessage(), e);
        }
    }

    private String where(String name) {
        Given value = given.get(name);
        return value == null ? name : value.where();
    }

    private static List<URI> endpoints(String text) {
        List<URI> endpoints = new ArrayList<>();
        for (String each : text.split("[,\\s]+", -1)) {
            endpoints.add(URI.create(each));
        }
        return endpoints;
    }

    private static Duration duration(String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a time such as 500 ms, 20 s, 5 min, 12 h or 7 d");
        }
        long amount = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "min" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static long bytes(String text) {
        Matcher parts = BYTES.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a size such as 65536, 64 KiB or 16 MiB");
        }
        String unit = parts.group(2) == null ? "B" : parts.group(2);
        int shift = switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 0;
        };
        long amount = Long.parseLong(parts.group(1));
        if (amount > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("\"" + text + "\" is too large");
        }
        return amount << shift;
    }

    private static int bytesInt(String text) {
        long bytes = bytes(text);
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("\"" + text + "\" is too large");
        }
        return (int) bytes;
    }

    private static int number(String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("\"" + text + "\" is not a whole number");
        }
        return Integer.parseInt(text);
    }

    private static <E extends Enum<E>> E constant(String text, E[] values) {
        for (E value : values) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is none of "
                + String.join(
                        ", ", java.util.Arrays.stream(values).map(Enum::name).toList()));
    }
}
