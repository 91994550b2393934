package io.fleetline.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.scenario.Group;
import io.fleetline.simulator.scenario.Overrides;
import io.fleetline.simulator.scenario.Scenario;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a process must know to play its share of a run. Goes through its standard input: neither its command line nor a file
 * shows the secrets.
 *
 * @param scenario the scenario as it was written
 * @param files where files lie that the scenario names
 * @param seed the seed that it is played with
 * @param devices how many devices each group has
 * @param target where the fleet goes; of the secrets those of this share suffice, and nothing of Kafka
 * @param directory the run's directory
 * @param run names the run
 * @param share which devices are this process's
 * @param start how often this share has been started, this time included
 * @param runNanos how long the run has been going on, in ns; 0 if it has not begun
 */
record Assignment(
        String scenario,
        Path files,
        long seed,
        Map<String, Integer> devices,
        FleetTarget target,
        Path directory,
        String run,
        Share share,
        int start,
        long runNanos) {
    /** What is to be played. */
    Scenario parsed() {
        return Scenario.parse(
                scenario,
                "scenario.yaml",
                files,
                new Overrides(Optional.of(seed), Optional.of(share.of()), 1, devices));
    }

    /** The devices of a scenario's groups. */
    static Map<String, Integer> devices(Scenario scenario) {
        Map<String, Integer> devices = new LinkedHashMap<>();
        scenario.groups().forEach((Group group) -> devices.put(group.name(), group.devices()));
        return devices;
    }

    void write(DataOutputStream out) throws IOException {
        text(out, scenario);
        text(out, files.toString());
        out.writeLong(seed);
        out.writeInt(devices.size());
        for (Map.Entry<String, Integer> group : devices.entrySet()) {
            text(out, group.getKey());
            out.writeInt(group.getValue());
        }
        out.writeInt(target.endpoints().size());
        for (URI endpoint : target.endpoints()) {
            text(out, endpoint.toString());
        }
        text(out, target.authority().map(Path::toString).orElse(""));
        out.writeInt(target.secrets().size());
        for (Map.Entry<DeviceId, String> secret : target.secrets().entrySet()) {
            text(out, secret.getKey().toString());
            text(out, secret.getValue());
        }
        out.writeBoolean(target.tokenKey().isPresent());
        if (target.tokenKey().isPresent()) {
            FleetTarget.TokenKey key = target.tokenKey().get();
            text(out, key.id());
            text(out, key.audience());
            text(out, Base64.getEncoder().encodeToString(key.key().getEncoded()));
        }
        text(out, directory.toString());
        text(out, run);
        out.writeInt(share.number());
        out.writeInt(share.of());
        out.writeInt(start);
        out.writeLong(runNanos);
        out.flush();
    }

    static Assignment read(DataInputStream in) throws IOException {
        String scenario = text(in);
        Path files = Path.of(text(in));
        long seed = in.readLong();
        Map<String, Integer> devices = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            devices.put(text(in), in.readInt());
        }
        List<URI> endpoints = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            endpoints.add(URI.create(text(in)));
        }
        Optional<Path> authority =
                Optional.of(text(in)).filter(name -> !name.isEmpty()).map(Path::of);
        Map<DeviceId, String> secrets = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            secrets.put(DeviceId.parse(text(in)), text(in));
        }
        Optional<FleetTarget.TokenKey> tokenKey = in.readBoolean()
                ? Optional.of(new FleetTarget.TokenKey(text(in), text(in), privateKey(text(in))))
                : Optional.empty();
        FleetTarget target = new FleetTarget(
                endpoints,
                authority,
                secrets,
                tokenKey,
                Map.of(),
                new FleetTarget.TopicSet("", Optional.empty(), "", ""));
        return new Assignment(
                scenario,
                files,
                seed,
                devices,
                target,
                Path.of(text(in)),
                text(in),
                new Share(in.readInt(), in.readInt()),
                in.readInt(),
                in.readLong());
    }

    private static PrivateKey privateKey(String pkcs8) throws IOException {
        try {
            return KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pkcs8)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the run's key for tokens cannot be read", e);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), UTF_8);
    }

    /** Without secrets: this text may reach a log. */
    @Override
    public String toString() {
        return "Assignment[" + run + ", " + share + ", start " + start + "]";
    }
}
