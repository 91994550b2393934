package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A peer that reads slowly, not at all, or too late, and what it costs the node. */
class OutgoingTest {
    private static final ListenerConfig LIMITS = ListenerConfig.DEFAULTS;
    private static final Duration WRITE_TIMEOUT = LIMITS.writeTimeout();
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final ManualTime time = new ManualTime();
    private final HeldSession session = new HeldSession();
    private int overflows;
    private final Outgoing outgoing = new Outgoing(session, LIMITS, time, () -> overflows++);

    // ---- one write at a time

    @Test
    void aFrameIsWrittenAtOnceAndTheNextWhenItIsOut() {
        outgoing.send(heartbeatAck(1));
        outgoing.send(heartbeatAck(2));
        outgoing.send(heartbeatAck(3));
        assertThat(written()).containsExactly(heartbeatAck(1));

        session.finishOne();
        assertThat(written()).containsExactly(heartbeatAck(1), heartbeatAck(2));
        session.finishOne();
        session.finishOne();
        assertThat(written()).containsExactly(heartbeatAck(1), heartbeatAck(2), heartbeatAck(3));
        assertThat(session.unfinished()).isZero();
    }

    @Test
    void aPongWaitsItsTurnToo() {
        outgoing.send(heartbeatAck(1));
        outgoing.pong(ByteBuffer.wrap(new byte[] {7}));
        session.finishOne();
        assertThat(session.begun().get(1).bytes()).isEqualTo(ByteBuffer.wrap(new byte[] {7}));
    }

    @Test
    void writesThatEndAtOnceDoNotPileUpOnTheStack() {
        outgoing.send(heartbeatAck(1));
        for (int i = 2; i <= 60; i++) {
            outgoing.send(heartbeatAck(i));
        }
        session.endingAtOnce().finishOne();
        assertThat(written()).hasSize(60);
        for (int i = 0; i < 100_000; i++) {
            outgoing.send(heartbeatAck(i));
        }
        assertThat(session.begun()).hasSize(100_060);
        assertThat(time.timersSet()).as("timers for writes that ended at once").isLessThanOrEqualTo(1);
    }

    // ---- acks that wait

    @Test
    void ofAcksOfOneLaneThatWaitBehindEachOtherTheLastIsEnough() {
        outgoing.send(heartbeatAck(1));
        for (int upTo = 1; upTo <= 1_000; upTo++) {
            outgoing.send(ack(Lane.NORMAL, upTo));
        }
        outgoing.send(ack(Lane.URGENT, 5));
        outgoing.send(ack(Lane.NORMAL, 1_001));
        finishAll();
        assertThat(written())
                .containsExactly(
                        heartbeatAck(1), ack(Lane.NORMAL, 1_000), ack(Lane.URGENT, 5), ack(Lane.NORMAL, 1_001));
        assertThat(overflows).isZero();
    }

    @Test
    void anAckDoesNotOvertakeWhatWasSaidBeforeIt() {
        ServerFrame rewind = new ServerFrame.Rewind(Lane.NORMAL, 4, 0);
        outgoing.send(heartbeatAck(1));
        outgoing.send(ack(Lane.NORMAL, 3));
        outgoing.send(rewind);
        outgoing.send(ack(Lane.NORMAL, 4));
        finishAll();
        assertThat(written()).containsExactly(heartbeatAck(1), ack(Lane.NORMAL, 3), rewind, ack(Lane.NORMAL, 4));
    }

    // ---- a peer that does not read

    @Test
    void asManyFramesWaitAsMayAndOneMoreIsTooMany() {
        outgoing.send(heartbeatAck(0));
        for (int i = 1; i <= 64; i++) {
            outgoing.send(heartbeatAck(i));
        }
        assertThat(overflows).isZero();
        outgoing.send(heartbeatAck(65));
        assertThat(overflows).isEqualTo(1);

        outgoing.close(CloseReason.TRY_AGAIN_LATER, "the peer does not read what is sent to it");
        finishAll();
        assertThat(session.begun())
                .as("the write that was under way, and the end")
                .hasSize(2);
        assertThat(session.begun().get(1).closeCode()).isEqualTo(1013);
    }

    @Test
    void asManyBytesWaitAsMayAndOneFrameMoreIsTooMany() {
        ServerFrame large = command(32_000);
        int bytes = FrameEncoder.encode(large).length;
        int fit = 256 * 1024 / bytes;
        outgoing.send(heartbeatAck(0));
        for (int i = 0; i < fit; i++) {
            outgoing.send(large);
        }
        assertThat(overflows).as("with %d bytes", fit * bytes).isZero();
        outgoing.send(large);
        assertThat(overflows).as("with %d bytes", (fit + 1) * bytes).isEqualTo(1);
    }

    @Test
    void whatHasGoneOutCountsNoMore() {
        ServerFrame large = command(32_000);
        outgoing.send(heartbeatAck(0));
        for (int i = 0; i < 1_000; i++) {
            outgoing.send(large);
            outgoing.send(ack(Lane.NORMAL, i + 1));
            session.finishOne();
            session.finishOne();
        }
        assertThat(overflows).isZero();
        assertThat(session.begun()).hasSize(2_001);
    }

    @Test
    void aWriteThatStallsIsCutAfterTheTimeout() {
        outgoing.send(heartbeatAck(1));
        time.pass(WRITE_TIMEOUT.minus(MOMENT));
        assertThat(session.isDisconnected()).isFalse();
        time.pass(MOMENT);
        assertThat(session.isDisconnected()).isTrue();
    }

    @Test
    void aPeerThatReadsSlowlyButReadsStays() {
        outgoing.send(heartbeatAck(0));
        for (int i = 1; i <= 20; i++) {
            outgoing.send(heartbeatAck(i));
            time.pass(WRITE_TIMEOUT.minus(MOMENT));
            session.finishOne();
        }
        assertThat(session.isDisconnected()).isFalse();
    }

    @Test
    void aWriteThatStallsBehindASlowOneIsCutWithinTwiceTheTimeout() {
        outgoing.send(heartbeatAck(1));
        outgoing.send(heartbeatAck(2));
        time.pass(WRITE_TIMEOUT.dividedBy(2));
        session.finishOne();
        time.pass(WRITE_TIMEOUT.minus(MOMENT));
        assertThat(session.isDisconnected()).as("the second write had its time").isFalse();
        time.pass(WRITE_TIMEOUT);
        assertThat(session.isDisconnected()).isTrue();
    }

    @Test
    void aPeerToWhomNothingIsOwedIsNotWatched() {
        outgoing.send(heartbeatAck(1));
        session.finishOne();
        time.pass(WRITE_TIMEOUT.multipliedBy(3));
        assertThat(session.isDisconnected()).isFalse();
        assertThat(time.timersSet()).isZero();
    }

    // ---- the end

    @Test
    void theEndGoesOutBehindWhatWaitsAndNothingBehindTheEnd() {
        outgoing.send(heartbeatAck(1));
        outgoing.send(heartbeatAck(2));
        outgoing.close(CloseReason.GOING_AWAY, "the node goes away");
        outgoing.close(CloseReason.TAKEN_OVER, "too late");
        outgoing.send(heartbeatAck(3));
        finishAll();
        assertThat(session.begun()).extracting(HeldSession.Begun::closeCode).containsExactly(0, 0, 1001);
    }

    @Test
    void afterAWriteThatFailedNothingIsTried() {
        outgoing.send(heartbeatAck(1));
        outgoing.send(heartbeatAck(2));
        session.failOne();
        outgoing.send(heartbeatAck(3));
        assertThat(written()).containsExactly(heartbeatAck(1));
        time.pass(WRITE_TIMEOUT.multipliedBy(2));
        assertThat(session.isDisconnected()).as("cut once more").isFalse();
    }

    @Test
    void whenTheConnectionIsOverWhatWaitsIsDropped() {
        outgoing.send(heartbeatAck(1));
        outgoing.send(heartbeatAck(2));
        outgoing.end();
        finishAll();
        assertThat(written()).containsExactly(heartbeatAck(1));
    }

    private void finishAll() {
        while (session.unfinished() > 0) {
            session.finishOne();
        }
    }

    private List<ServerFrame> written() {
        return session.begun().stream()
                .filter(write -> write.closeCode() == 0)
                .map(write -> decode(write.bytes()))
                .toList();
    }

    private static ServerFrame decode(ByteBuffer bytes) {
        byte[] message = new byte[bytes.remaining()];
        bytes.duplicate().get(message);
        try {
            return new FrameDecoder().decodeServerFrame(message, 0, message.length);
        } catch (FrameException e) {
            throw new AssertionError(e);
        }
    }

    private static ServerFrame heartbeatAck(long token) {
        return new ServerFrame.HeartbeatAck(token, 1, 1);
    }

    private static ServerFrame ack(Lane lane, long upTo) {
        return new ServerFrame.Ack(lane, upTo, Optional.empty());
    }

    private static ServerFrame command(int bodyBytes) {
        return new ServerFrame.Command(
                "c-1", "set-interval", 0, BodyCodec.encode(new byte[bodyBytes]), Attributes.NONE);
    }
}
