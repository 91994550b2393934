package io.fleetline.examples.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.fleetline.device.Body;
import io.fleetline.device.Encoder;

/** Whatever Jackson can write as CBOR: {@code client.publish("reading", new Reading(21.5), new JacksonEncoder<>())}. */
public final class JacksonEncoder<T> implements Encoder<T> {
    private final ObjectMapper cbor = new CBORMapper();

    @Override
    public Body encode(T value) {
        try {
            return Body.cbor(cbor.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot encode " + value.getClass(), e);
        }
    }
}
