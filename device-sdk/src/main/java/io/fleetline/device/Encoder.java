package io.fleetline.device;

/**
 * Turns an application's own values into bodies. With Jackson's databind, which this library does without (the same stands
 * among the examples):
 *
 * <pre>{@code
 * static final ObjectMapper CBOR = new CBORMapper();
 *
 * static final Encoder<Object> JACKSON = value -> {
 *     try {
 *         return Body.cbor(CBOR.writeValueAsBytes(value));
 *     } catch (JsonProcessingException e) {
 *         throw new IllegalArgumentException("cannot encode " + value.getClass(), e);
 *     }
 * };
 *
 * client.publish("reading", new Reading(21.5), JACKSON);
 * }</pre>
 *
 * @param <T> what it encodes
 */
@FunctionalInterface
public interface Encoder<T> {
    /**
     * The body that says this value. Called on the thread that publishes, and by several at once if they publish at once.
     *
     * @throws IllegalArgumentException if the value cannot be encoded; {@code publish} throws it on
     */
    Body encode(T value);
}
