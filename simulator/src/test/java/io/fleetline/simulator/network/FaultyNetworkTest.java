package io.fleetline.simulator.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyNetworkTest {
    private static final int DEVICES = 4;
    private static final int PATIENCE_MILLIS = 20_000;

    private ServerSocket node;
    private FaultyNetwork network;
    private Gate gate;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        node = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread echo = new Thread(this::acceptAll, "node");
        echo.setDaemon(true);
        echo.start();
        network = new FaultyNetwork(
                List.of(URI.create("wss://127.0.0.1:" + node.getLocalPort() + "/connect")), System::nanoTime);
        gate = network.gate(DEVICES, new Random(1));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        network.close();
        node.close();
    }

    /** A node that says again what it hears. */
    private void acceptAll() {
        try {
            while (true) {
                Socket socket = node.accept();
                Thread echo = new Thread(() -> echo(socket), "echo");
                echo.setDaemon(true);
                echo.start();
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The connection was reset.
        }
    }

    @Test
    void whatPassesThroughStaysAsItIs() throws Exception {
        Socket device = device();
        byte[] sent = new byte[1_000_000];
        new Random(7).nextBytes(sent);
        Thread writer = new Thread(() -> {
            try {
                device.getOutputStream().write(sent);
                device.shutdownOutput();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();

        assertThat(device.getInputStream().readAllBytes()).isEqualTo(sent);
        writer.join();
    }

    @Test
    void itLeadsToTheNodesAndNowhereElse() throws Exception {
        assertThat(answer("CONNECT 127.0.0.1:1 HTTP/1.1")).startsWith("HTTP/1.1 502 ");
        assertThat(answer("GET http://127.0.0.1:" + node.getLocalPort() + "/ HTTP/1.1"))
                .startsWith("HTTP/1.1 502 ");
    }

    @Test
    void aShareOfTheConnectionsIsReset() throws Exception {
        List<Socket> devices = List.of(device(), device(), device(), device());

        gate.reset(0.5);
        network.settle();

        int alive = 0;
        for (Socket device : devices) {
            alive += isAlive(device) ? 1 : 0;
        }
        assertThat(alive).isEqualTo(2);
        assertThat(isAlive(device())).isTrue();
    }

    @Test
    void whoIsCutOffFindsNoWayUntilItIsOver() throws Exception {
        Condition cut = new Condition(Condition.Kind.CUT, 1, 0, 0, 0);
        Socket device = device();

        gate.begin(cut);
        network.settle();

        assertThat(isAlive(device)).isFalse();
        assertThatThrownBy(this::device).isInstanceOf(IOException.class);
        gate.end(cut);
        network.settle();
        assertThat(isAlive(device())).isTrue();
    }

    @Test
    void throughAHalfOpenConnectionNothingPassesAndNobodyHearsOfIt() throws Exception {
        Condition halfOpen = new Condition(Condition.Kind.HALF_OPEN, 1, 0, 0, 0);
        Socket device = device();
        gate.begin(halfOpen);
        network.settle();
        device.setSoTimeout(300);

        device.getOutputStream().write(1);

        assertThatThrownBy(() -> device.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        network.mend();
        network.settle();
        device.setSoTimeout(PATIENCE_MILLIS);
        assertThat(device.getInputStream().read()).isEqualTo(1);
    }

    @Test
    void aDelayIsKeptInBothDirections() throws Exception {
        Socket device = device();
        assertThat(isAlive(device)).isTrue();
        gate.begin(new Condition(Condition.Kind.DELAY, 1, 100_000_000, 0, 0));
        network.settle();
        long began = System.nanoTime();
        assertThat(isAlive(device)).isTrue();

        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(200_000_000);
    }

    @Test
    void aSlowReaderTakesNoMoreThanItIsGiven() throws Exception {
        Socket device = device();
        assertThat(isAlive(device)).isTrue();
        gate.begin(new Condition(Condition.Kind.SLOW_READER, 1, 0, 0, 10_000));
        network.settle();
        long began = System.nanoTime();

        device.getOutputStream().write(new byte[5_000]);
        assertThat(device.getInputStream().readNBytes(5_000)).hasSize(5_000);

        // The last piece is a quarter of a second's worth and comes at the beginning of its time.
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(200_000_000);
    }

    @Test
    void whatIsLostComesLaterAndInOrder() throws Exception {
        Socket device = device();
        gate.begin(new Condition(Condition.Kind.LOSS, 1, 0, 0.1, 0));
        network.settle();
        for (int i = 0; i < 30; i++) {
            device.getOutputStream().write(i);
            device.getOutputStream().flush();
            assertThat(device.getInputStream().read()).isEqualTo(i);
        }
    }

    @Test
    void howMuchIsLostIsSaid() throws Exception {
        // Each piece would be lost once where a half is lost, and never where one in ten is.
        gate = network.gate(DEVICES, new Random() {
            private int drawn;

            @Override
            public double nextDouble() {
                return drawn++ % 2 == 0 ? 0.3 : 0.9;
            }
        });
        Socket device = device();
        assertThat(isAlive(device)).isTrue();
        gate.begin(new Condition(Condition.Kind.LOSS, 1, 0, 0.5, 0));
        network.settle();
        long began = System.nanoTime();
        assertThat(isAlive(device)).isTrue();

        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(400_000_000);
    }

    /** A device that came through the gate. */
    private Socket device() throws IOException {
        Socket socket = connected();
        OutputStream out = socket.getOutputStream();
        out.write(("CONNECT 127.0.0.1:" + node.getLocalPort() + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(ISO_8859_1));
        out.flush();
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("cut off");
            }
            head.append((char) next);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200 ");
        return socket;
    }

    private String answer(String request) throws IOException {
        Socket socket = connected();
        socket.getOutputStream().write((request + "\r\nHost: x\r\n\r\n").getBytes(ISO_8859_1));
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        sockets.add(socket);
        return socket;
    }

    /** Whether what is sent comes back. */
    private static boolean isAlive(Socket device) {
        try {
            device.getOutputStream().write(42);
            device.getOutputStream().flush();
            return device.getInputStream().read() == 42;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither alive nor dead", e);
        } catch (IOException e) {
            return false;
        }
    }
}
