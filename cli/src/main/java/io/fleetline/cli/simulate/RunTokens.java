package io.fleetline.cli.simulate;

import io.fleetline.cli.dev.DevSystem;
import io.fleetline.ingest.kafka.KafkaConfig;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.scenario.Group;
import io.fleetline.simulator.scenario.Scenario;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Optional;

/** The key that signs the tokens of a run's devices, for those that show tokens. It is made for the run and kept nowhere. */
final class RunTokens {
    private static final String KEY_ID = "simulator";

    private RunTokens() {}

    /**
     * Makes the key, and registers those devices with it.
     *
     * @param audience for whom tokens are, as the nodes are configured
     * @return the key; empty if no device shows tokens
     * @throws io.fleetline.cli.terminal.CliFailure if the devices cannot be registered; it says why
     */
    static Optional<FleetTarget.TokenKey> register(KafkaConfig config, String audience, Scenario scenario) {
        List<DeviceId> devices = scenario.groups().stream()
                .filter(group -> group.tokens().isPresent())
                .map(Group::deviceIds)
                .flatMap(List::stream)
                .toList();
        if (devices.isEmpty()) {
            return Optional.empty();
        }
        KeyPair pair = generate();
        DevSystem.register(config, devices, DeviceKey.of(KEY_ID, pair.getPublic(), Validity.ALWAYS));
        return Optional.of(new FleetTarget.TokenKey(KEY_ID, audience, pair.getPrivate()));
    }

    private static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }
}
