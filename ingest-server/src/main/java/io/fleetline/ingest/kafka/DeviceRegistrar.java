package io.fleetline.ingest.kafka;

import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.registry.StoredDevice;
import io.fleetline.ingest.registry.StoredTenant;
import io.fleetline.ingest.registry.Tenant;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ProtocolLimits;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Writes devices into the registry's topic, which every node follows. What it writes replaces what was there: a device that
 * is registered again has its new secret only.
 *
 * <p>Thread-safe. For one writer at a time: two that change the same device at once overwrite each other.
 */
public final class DeviceRegistrar implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final TopicNames topics;
    private final SecureRandom random = new SecureRandom();

    private DeviceRegistrar(Producer<byte[], byte[]> producer, TopicNames topics) {
        this.producer = producer;
        this.topics = topics;
    }

    /**
     * Connects, and makes the registry's topics if they do not exist.
     *
     * @throws IllegalStateException if Kafka cannot be reached, or the topic is not as configured
     */
    public static DeviceRegistrar connect(KafkaConfig config) {
        TopicSetup setup =
                new TopicSetup(config, ProtocolLimits.DEFAULT_MAX_FRAME_BYTES, ProtocolLimits.DEFAULT_MAX_ITEM_BYTES);
        setup.ensureRegistry();
        int maxMessageBytes = config.maxMessageBytes(ProtocolLimits.DEFAULT_MAX_FRAME_BYTES);
        Producer<byte[], byte[]> producer =
                KafkaClients.patientProducer(config, "fleetline-registrar", config.batchBytes(), maxMessageBytes);
        KafkaClients.warm(
                producer, List.of(config.topics().devices(), config.topics().tenants()));
        return new DeviceRegistrar(producer, config.topics());
    }

    /**
     * Registers a device with a secret of its own.
     *
     * @return the secret, which is kept nowhere else
     * @throws IllegalStateException if it could not be stored
     */
    public String register(DeviceId device) {
        return register(List.of(device)).values().iterator().next();
    }

    /**
     * Registers devices, each with a secret of its own; faster than one by one.
     *
     * @return the secrets, which are kept nowhere else
     * @throws IllegalStateException if not all could be stored
     */
    public Map<DeviceId, String> register(Collection<DeviceId> devices) {
        Map<DeviceId, String> secrets = new LinkedHashMap<>();
        List<Future<RecordMetadata>> stored = new ArrayList<>();
        for (DeviceId device : devices) {
            NewSecret secret = NewSecret.generate(random);
            secrets.put(device, secret.secret());
            stored.add(write(device, RegisteredDevice.withSecret(secret.hash())));
        }
        producer.flush();
        stored.forEach(DeviceRegistrar::await);
        return secrets;
    }

    /**
     * Registers a device with a secret that was made elsewhere, such as one that its maker printed on it.
     *
     * @throws IllegalStateException if it could not be stored
     */
    public void register(DeviceId device, String secret) {
        put(device, RegisteredDevice.withSecret(NewSecret.of(secret, random).hash()));
    }

    /**
     * Registers devices, each with a secret that was made elsewhere; faster than one by one.
     *
     * @throws IllegalStateException if not all could be stored
     */
    public void registerWithSecrets(Map<DeviceId, String> secrets) {
        List<Future<RecordMetadata>> stored = new ArrayList<>();
        secrets.forEach((device, secret) -> stored.add(write(
                device, RegisteredDevice.withSecret(NewSecret.of(secret, random).hash()))));
        producer.flush();
        stored.forEach(DeviceRegistrar::await);
    }

    /**
     * Registers devices, each with a key that signs its tokens; faster than one by one.
     *
     * @throws IllegalStateException if not all could be stored
     */
    public void registerWithKey(Collection<DeviceId> devices, DeviceKey key) {
        RegisteredDevice registered = new RegisteredDevice(false, List.of(key));
        List<Future<RecordMetadata>> stored = new ArrayList<>();
        devices.forEach(device -> stored.add(write(device, registered)));
        producer.flush();
        stored.forEach(DeviceRegistrar::await);
    }

    /**
     * Says what is known of a device from now on.
     *
     * @throws IllegalStateException if it could not be stored
     */
    public void put(DeviceId device, RegisteredDevice registered) {
        Future<RecordMetadata> stored = write(device, registered);
        producer.flush();
        await(stored);
    }

    /**
     * Forgets a device.
     *
     * @throws IllegalStateException if that could not be stored
     */
    public void remove(DeviceId device) {
        Future<RecordMetadata> stored = write(device, null);
        producer.flush();
        await(stored);
    }

    /**
     * Says what is known of a tenant from now on.
     *
     * @throws IllegalStateException if it could not be stored
     */
    public void putTenant(String name, Tenant tenant) {
        Future<RecordMetadata> stored = producer.send(new ProducerRecord<>(
                topics.tenants(), name.getBytes(StandardCharsets.UTF_8), StoredTenant.encode(tenant)));
        producer.flush();
        await(stored);
    }

    private Future<RecordMetadata> write(DeviceId device, @Nullable RegisteredDevice registered) {
        byte[] value = registered == null ? null : StoredDevice.encode(registered);
        return producer.send(
                new ProducerRecord<>(topics.devices(), device.toString().getBytes(StandardCharsets.UTF_8), value));
    }

    private static void await(Future<RecordMetadata> stored) {
        try {
            stored.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a device could not be stored: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a device was stored", e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
