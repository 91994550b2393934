package io.fleetline.protocol.cbor;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.Vectors.Vector;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes frames out of what a vector says about them, without help of the codec. */
final class VectorFrames {
    private VectorFrames() {}

    static DeviceFrame deviceFrame(Vector frame) {
        return switch (frame.text("type")) {
            case "hello" -> new DeviceFrame.Hello(frame.number("last"), payload(frame, "client"));
            case "open" ->
                new DeviceFrame.Open(
                        lane(frame),
                        frame.number("store"),
                        frame.number("run"),
                        frame.number("order"),
                        frame.number("first"),
                        frame.number("next"),
                        frame.number("acked"),
                        frame.has("before") ? OptionalLong.of(frame.number("before")) : OptionalLong.empty());
            case "publish" ->
                new DeviceFrame.Publish(
                        lane(frame),
                        frame.number("from"),
                        frame.number("acked"),
                        frame.list("items").stream().map(VectorFrames::item).toList());
            case "heartbeat" -> new DeviceFrame.Heartbeat(frame.number("token"));
            case "reauthenticate" -> new DeviceFrame.Reauthenticate(frame.text("credential"));
            default -> throw new IllegalArgumentException("no device frame " + frame);
        };
    }

    private static Item item(Vector item) {
        return switch (item.text("kind")) {
            case "event" ->
                new Item.Event(item.text("channel"), item.number("time"), payload(item, "body"), attributes(item));
            case "gap" -> new Item.Gap(item.number("to"), GapReason.of(item.number("reason")));
            case "outcome" ->
                new Item.Outcome(
                        item.text("command"),
                        OutcomeStatus.of(item.number("status")),
                        item.number("time"),
                        payload(item, "body"));
            default -> throw new IllegalArgumentException("no item " + item);
        };
    }

    static ServerFrame serverFrame(Vector frame) {
        return switch (frame.text("type")) {
            case "welcome" ->
                new ServerFrame.Welcome(
                        frame.number("connection"),
                        frame.number("time"),
                        frame.number("heartbeat"),
                        frame.number("maxFrame"),
                        frame.number("maxItem"),
                        frame.number("window"),
                        frame.number("windowBytes"),
                        frame.number("eventsPerSecond"),
                        frame.number("bytesPerSecond"),
                        frame.number("reconnectWindow"));
            case "ack" -> new ServerFrame.Ack(lane(frame), frame.number("upTo"), storedAt(frame));
            case "reject" ->
                new ServerFrame.Reject(
                        lane(frame), frame.number("seq"), RejectCode.of(frame.number("code")), frame.text("message"));
            case "heartbeat-ack" ->
                new ServerFrame.HeartbeatAck(
                        frame.number("token"), frame.number("time"), frame.number("reconnectWindow"));
            case "command" ->
                new ServerFrame.Command(
                        frame.text("id"),
                        frame.text("name"),
                        frame.number("ttl"),
                        payload(frame, "body"),
                        attributes(frame));
            case "drain" -> new ServerFrame.Drain(frame.number("reconnectWindow"), frame.text("reason"));
            case "reauthenticated" -> new ServerFrame.Reauthenticated(frame.number("expires"));
            case "rewind" -> new ServerFrame.Rewind(lane(frame), frame.number("from"), frame.number("after"));
            default -> throw new IllegalArgumentException("no frame of a node " + frame);
        };
    }

    private static Optional<ServerFrame.StoredAt> storedAt(Vector ack) {
        if (!ack.has("storedAt")) {
            return Optional.empty();
        }
        Vector place = ack.inner("storedAt");
        return Optional.of(new ServerFrame.StoredAt((int) place.number("partition"), place.number("offset")));
    }

    private static Attributes attributes(Vector item) {
        return new Attributes(
                optional(item, "contentType"),
                item.has("clockQuality")
                        ? ClockQuality.of(item.number("clockQuality"))
                        : ClockQuality.SERVER_SYNCHRONISED,
                optional(item, "traceparent"),
                optional(item, "source"));
    }

    private static Optional<String> optional(Vector item, String part) {
        return item.has(part) ? Optional.of(item.text(part)) : Optional.empty();
    }

    private static Lane lane(Vector frame) {
        return Lane.of(frame.number("lane"));
    }

    private static Payload payload(Vector from, String part) {
        return Payload.wrap(from.hex(part));
    }
}
