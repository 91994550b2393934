package io.fleetline.system.delivery;

import io.fleetline.device.internal.connection.EndCause;
import io.fleetline.device.internal.connection.Ending;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.cbor.FrameException;
import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.testkit.FramePipe;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** What lies between devices and nodes: connections that are slow, stall, break, or fall silent at both ends. */
final class Network {
    static final DeviceId DEVICE = new DeviceId("acme", "boiler-7");

    private final World world;
    private final List<DeviceLink> links = new ArrayList<>();
    private int connections;
    private boolean unplugged;

    Network(World world) {
        this.world = world;
    }

    /** Connections that are not over, as far as their pipes know. */
    List<DeviceLink> links() {
        links.removeIf(link -> link.pipe.isOver());
        return links;
    }

    /** Lets nobody connect any more, or again. */
    void unplug(boolean yes) {
        unplugged = yes;
        if (yes) {
            List.copyOf(links()).forEach(link -> link.pipe.cut());
        }
    }

    Link dial(DeviceProcess device, URI endpoint, Link.Listener listener) {
        NodeProcess node = world.nodes.stream()
                .filter(each -> each.endpoint().equals(endpoint))
                .findFirst()
                .flatMap(Node::process)
                .orElse(null);
        if (node == null || unplugged) {
            world.time.after(
                    world.delay(), () -> listener.ended(Ending.of(EndCause.UNREACHABLE, "connection refused")));
            return new NoLink();
        }
        DeviceLink link = new DeviceLink(device, node, listener, ++connections);
        links.add(link);
        world.count(Seen.CONNECTIONS);
        return link;
    }

    private static final class NoLink implements Link {
        @Override
        public void send(byte[] frame) {
            throw new IllegalStateException("sent on a link that is not open");
        }

        @Override
        public boolean writable() {
            return false;
        }

        @Override
        public void demand() {
            throw new IllegalStateException("demanded of a link that is not open");
        }

        @Override
        public void close(CloseReason reason, String text) {
            throw new IllegalStateException("closed a link that is not open");
        }

        @Override
        public void abort() {
            // It ends by itself.
        }
    }

    /** The device's end of a connection. */
    final class DeviceLink implements Link, FramePipe.Receiver {
        final FramePipe pipe;
        private final DeviceProcess device;
        private final Listener listener;
        private final SentGaps.Connection sent;
        private long stalledUntilNanos;
        private boolean open;
        private boolean ended;

        DeviceLink(DeviceProcess device, NodeProcess node, Listener listener, int number) {
            this.device = device;
            this.listener = listener;
            this.sent = world.sentGaps.new Connection();
            this.pipe = new FramePipe(world.time, this::frameNanos);
            NodeEnd end = new NodeEnd(node, pipe, DEVICE, number);
            pipe.left().receiver(this);
            pipe.right().receiver(new FramePipe.Receiver() {
                @Override
                public void received(byte[] frame) {
                    throw new IllegalStateException("a frame before the handshake");
                }

                @Override
                public void closed(int code, String reason) {
                    // The node has not heard of it.
                }
            });
            world.tell(device.name(), () -> "dials " + node.name() + " as connection " + number);
            world.time.after(
                    world.delay(),
                    () -> node.run(() -> {
                        if (!pipe.isOver()) {
                            end.open();
                            world.time.after(world.delay(), this::opened);
                        }
                    }));
        }

        private long frameNanos() {
            return Math.max(0, stalledUntilNanos - world.time.nanos()) + world.delay();
        }

        DeviceProcess device() {
            return device;
        }

        /** Frames that are sent from now on come so much later, but they come. */
        void stall(long nanos) {
            stalledUntilNanos = world.time.nanos() + nanos;
        }

        private void opened() {
            if (!ended && !pipe.isOver()) {
                open = true;
                listener.opened();
            }
        }

        @Override
        public void send(byte[] frame) {
            if (!ended) {
                if (world.scenario.isHonest()) {
                    note(frame);
                }
                pipe.left().send(frame);
            }
        }

        private void note(byte[] frame) {
            try {
                sent.sends(world.decoder.decodeDeviceFrame(frame, 0, frame.length));
            } catch (FrameException e) {
                throw new BrokenInvariant(Invariant.NO_BREACH_OF_PROTOCOL, "a device sends " + e.getMessage());
            }
        }

        @Override
        public boolean writable() {
            return open && !ended;
        }

        @Override
        public void demand() {
            if (!ended) {
                pipe.left().demand();
            }
        }

        @Override
        public void close(CloseReason reason, String text) {
            if (reason == CloseReason.PROTOCOL_VIOLATION) {
                throw new BrokenInvariant(
                        Invariant.NO_BREACH_OF_PROTOCOL, device.name() + " says of its node: " + text);
            }
            if (open) {
                // A real peer answers a close frame, and the connection is over with the answer.
                pipe.left().demand();
                pipe.left().close(reason.code(), text);
            } else {
                abort();
            }
        }

        @Override
        public void abort() {
            ended = true;
            if (world.mishap(0.5)) {
                return; // the node hears nothing of it, and reads on what was sent
            }
            pipe.cut();
        }

        @Override
        public void received(byte[] frame) {
            try {
                listener.received(world.decoder.decodeServerFrame(frame, 0, frame.length));
            } catch (FrameException e) {
                throw new BrokenInvariant(Invariant.NO_BREACH_OF_PROTOCOL, "a node sent " + e.getMessage());
            }
        }

        @Override
        public void closed(int code, String reason) {
            if (!ended) {
                ended = true;
                listener.ended(
                        code == FramePipe.BROKEN ? Ending.of(EndCause.LOST, "cut") : Ending.closedByNode(code, reason));
            }
        }

        /** The device's process is gone: its system resets the connection, or the node learns nothing. */
        void deviceDied() {
            ended = true;
            if (world.random.nextInt(3) == 0) {
                pipe.cut();
            }
        }
    }
}
