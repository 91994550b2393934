package io.fleetline.ingest.kafka;

import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** What of an item stands in the value of its record, and what in the headers. Belongs to one lane session, not thread-safe. */
final class RecordEncoder {
    private static final Header JSON = header(RecordHeaders.CONTENT_TYPE, "application/json");

    private final boolean json;
    private final boolean readable;

    /** Most devices have few channels: the header of the last one is at hand. */
    private String lastChannel = "";

    private Header lastChannelHeader = header(RecordHeaders.CHANNEL, lastChannel);

    RecordEncoder(RecordFormat format) {
        json = format.values() == RecordFormat.Values.JSON;
        readable = format.headers() == RecordFormat.Headers.READABLE;
    }

    List<Header> headers(RecordPosition position, Item item) {
        List<Header> headers = sent(position, item);
        if (isToBeJson(item)) {
            headers.add(JSON);
        }
        return headers;
    }

    /** Those of a dead letter, whose value is what the device sent. */
    List<Header> headers(RecordPosition position, Item item, Refusal refusal) {
        List<Header> headers = sent(position, item);
        headers.add(header(DeadLetterHeaders.CODE, refusal.code().name()));
        headers.add(header(DeadLetterHeaders.MESSAGE, refusal.message()));
        if (refusal.offset() >= 0) {
            headers.add(header(DeadLetterHeaders.OFFSET, Integer.toString(refusal.offset())));
        }
        return headers;
    }

    private List<Header> sent(RecordPosition position, Item item) {
        List<Header> headers = new ArrayList<>(4);
        headers.add(new RecordHeader(RecordHeaders.POSITION, RecordHeaderCodec.encode(position)));
        if (item instanceof Item.Event event) {
            headers.add(channel(event.channel()));
            Attributes attributes = event.attributes();
            attributes.source().ifPresent(text -> headers.add(header(RecordHeaders.SOURCE, text)));
            attributes.contentType().ifPresent(text -> headers.add(header(RecordHeaders.CONTENT_TYPE, text)));
            attributes.traceparent().ifPresent(text -> headers.add(header(RecordHeaders.TRACEPARENT, text)));
        } else if (item instanceof Item.Outcome outcome) {
            headers.add(header(RecordHeaders.COMMAND_ID, outcome.commandId()));
            headers.add(header(RecordHeaders.STATUS, outcome.status().name()));
        } else {
            headers.add(new RecordHeader(RecordHeaders.GAP, RecordHeaderCodec.encode((Item.Gap) item)));
        }
        if (readable) {
            ReadableHeaders.add(headers, position, item);
        }
        return headers;
    }

    private Header channel(String channel) {
        if (!channel.equals(lastChannel)) {
            lastChannel = channel;
            lastChannelHeader = header(RecordHeaders.CHANNEL, channel);
        }
        return lastChannelHeader;
    }

    private boolean isToBeJson(Item item) {
        return json
                && item instanceof Item.Event event
                && event.attributes().contentType().isEmpty();
    }

    byte @Nullable [] value(Item item) {
        return isToBeJson(item) ? BodyCodec.toJsonBytes(((Item.Event) item).body()) : sentValue(item);
    }

    /** The body's bytes as the device sent them; a body that is not CBOR comes out of its byte string. */
    byte @Nullable [] sentValue(Item item) {
        if (item instanceof Item.Event event) {
            Payload body = event.body();
            return event.attributes().contentType().isPresent()
                    ? body.byteStringContent().orElseGet(body::toByteArray)
                    : body.toByteArray();
        }
        return item instanceof Item.Outcome outcome ? outcome.body().toByteArray() : null;
    }

    private static Header header(String name, String text) {
        return new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
