package io.fleetline.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.fleetline.backend.CommandOutcome;
import io.fleetline.backend.Event;
import io.fleetline.backend.Gap;
import io.fleetline.backend.Stranger;
import io.fleetline.cli.deadletters.DeadLetter;
import io.fleetline.cli.deadletters.Replay;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.BodyCodec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What verbs print for programs to read: one JSON object on each line. */
final class JsonLines {
    private static final JsonFactory JSON = new JsonFactory();
    /** Of a dead letter, around its fault. */
    private static final int BYTES_SHOWN = 32;

    private static final String MEDIA_TYPE = "application/json";

    private JsonLines() {}

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** An event, where it stands, and how long it took from the device's clock into Kafka. */
    static String of(Event event) {
        return line(json -> {
            json.writeStringField("device", event.device().toString());
            json.writeStringField("channel", event.channel());
            json.writeStringField("lane", event.lane().name().toLowerCase(Locale.ROOT));
            json.writeStringField("time", event.time().toString());
            json.writeNumberField(
                    "latencyMs",
                    Duration.between(event.time(), event.recordTime()).toMillis());
            json.writeStringField("clock", event.clockQuality().name().toLowerCase(Locale.ROOT));
            if (event.source().isPresent()) {
                json.writeStringField("source", event.source().get());
            }
            json.writeObjectFieldStart("position");
            json.writeStringField("store", Long.toHexString(event.store()));
            json.writeStringField("run", Long.toHexString(event.run()));
            json.writeNumberField("seq", event.seq());
            json.writeNumberField("partition", event.partition());
            json.writeNumberField("offset", event.offset());
            json.writeEndObject();
            if (event.contentType().isPresent()) {
                json.writeStringField("contentType", event.contentType().get());
            }
            json.writeFieldName("body");
            json.writeRawValue(event.json());
        });
    }

    /** A gap: numbers that the device gave up. */
    static String of(Gap gap) {
        return line(json -> {
            json.writeStringField("device", gap.device().toString());
            json.writeStringField("gap", gap.reason().name().toLowerCase(Locale.ROOT));
            json.writeStringField("lane", gap.position().lane().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("from", gap.from());
            json.writeNumberField("to", gap.to());
            json.writeObjectFieldStart("position");
            json.writeStringField("store", Long.toHexString(gap.position().store()));
            json.writeStringField("run", Long.toHexString(gap.position().run()));
            json.writeNumberField("partition", gap.partition());
            json.writeNumberField("offset", gap.offset());
            json.writeEndObject();
        });
    }

    /** A record that belongs to no stream, such as a dead letter that was replayed; without a body that JSON cannot say. */
    static String of(Stranger stranger) {
        return line(json -> {
            json.writeStringField(
                    "device", stranger.device().map(Object::toString).orElse(""));
            for (String name : List.of(RecordHeaders.CHANNEL, RecordHeaders.SOURCE)) {
                if (stranger.header(name).isPresent()) {
                    json.writeStringField(name, stranger.header(name).get());
                }
            }
            if (stranger.header(Replay.TIME).isPresent()) {
                json.writeStringField("time", stranger.header(Replay.TIME).get());
            }
            if (stranger.replayOf().isPresent()) {
                json.writeStringField("replayOf", stranger.replayOf().get());
            }
            json.writeObjectFieldStart("position");
            json.writeNumberField("partition", stranger.partition());
            json.writeNumberField("offset", stranger.offset());
            json.writeEndObject();
            Optional<String> type = stranger.header(RecordHeaders.CONTENT_TYPE);
            if (type.isPresent()) {
                json.writeStringField("contentType", type.get());
            }
            Optional<String> body = body(type, stranger.record().value());
            if (body.isPresent()) {
                json.writeFieldName("body");
                json.writeRawValue(body.get());
            }
        });
    }

    /** Anybody may have written it: what is not what it is said to be is left out. */
    private static Optional<String> body(Optional<String> type, byte @Nullable [] value) {
        if (value == null || !type.orElse(MEDIA_TYPE).equals(MEDIA_TYPE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.isEmpty() ? BodyCodec.toJson(Payload.wrap(value)) : onOneLine(value));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String onOneLine(byte[] text) throws IOException {
        StringWriter line = new StringWriter();
        try (JsonParser parser = JSON.createParser(text);
                JsonGenerator generator = JSON.createGenerator(line)) {
            parser.nextToken();
            generator.copyCurrentStructure(parser);
        }
        return line.toString();
    }

    /** What became of a command, and how long that took from the sender's view. */
    static String of(CommandOutcome outcome, String name, Duration took) {
        return line(json -> {
            json.writeStringField("device", outcome.device().toString());
            json.writeStringField("command", name);
            json.writeStringField("id", outcome.commandId());
            json.writeStringField("state", outcome.state().name());
            json.writeNumberField("tookMs", took.toMillis());
            json.writeStringField("time", millis(outcome.recordTime()));
            json.writeFieldName("body");
            json.writeRawValue(BodyCodec.toJson(outcome.body()));
        });
    }

    /** A dead letter: what it is, and why it is there. */
    static String of(DeadLetter letter, boolean withBody) {
        return line(json -> {
            json.writeStringField("letter", letter.place().toString());
            json.writeStringField("device", letter.device());
            json.writeStringField("time", millis(letter.time()));
            json.writeStringField("code", letter.code().orElse(""));
            json.writeStringField("message", letter.message().orElse(""));
            if (letter.text(RecordHeaders.CHANNEL).isPresent()) {
                json.writeStringField(
                        "channel", letter.text(RecordHeaders.CHANNEL).get());
            }
            if (letter.position().isPresent()) {
                RecordPosition position = letter.position().get();
                json.writeStringField("lane", position.lane().name().toLowerCase(Locale.ROOT));
                json.writeNumberField("seq", position.seq());
            }
            json.writeNumberField("bytes", letter.bytes().length);
            if (letter.faultAt().isPresent()) {
                json.writeNumberField("faultAt", letter.faultAt().getAsInt());
            }
            json.writeStringField("hex", HexFormat.of().formatHex(letter.near(BYTES_SHOWN)));
            if (withBody && letter.json().isPresent()) {
                json.writeFieldName("body");
                json.writeRawValue(letter.json().get());
            }
        });
    }

    /** A dead letter that came back. */
    static String ofReplay(DeadLetter letter, String topic, int partition, long offset) {
        return line(json -> {
            json.writeStringField("letter", letter.place().toString());
            json.writeStringField("device", letter.device());
            json.writeStringField("topic", topic);
            json.writeNumberField("partition", partition);
            json.writeNumberField("offset", offset);
        });
    }

    private static String millis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static String line(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
