package io.fleetline.ingest.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ServerFrame;
import java.util.ArrayDeque;
import java.util.Queue;

/** Keeps what a session said to its device. */
final class FakePeer implements DevicePeer {
    record Closed(CloseReason reason, String text) {}

    private final Queue<ServerFrame> sent = new ArrayDeque<>();
    private Closed closed;
    private int demands;

    @Override
    public void send(ServerFrame frame) {
        sent.add(frame);
    }

    @Override
    public void close(CloseReason reason, String text) {
        assertThat(closed).as("closed once").isNull();
        closed = new Closed(reason, text);
    }

    @Override
    public void demand() {
        demands++;
    }

    /** Whether the session asks for a message that has not come. */
    boolean isDemanded() {
        return demands > 0;
    }

    /** A message comes; a session never asks for two at once. */
    void deliver() {
        assertThat(demands).as("messages asked for").isEqualTo(1);
        demands = 0;
    }

    <F extends ServerFrame> F expect(Class<F> kind) {
        assertThat(sent.peek()).isInstanceOf(kind);
        return kind.cast(sent.remove());
    }

    void expectNothing() {
        assertThat(sent).isEmpty();
    }

    Closed closed() {
        return closed;
    }
}
