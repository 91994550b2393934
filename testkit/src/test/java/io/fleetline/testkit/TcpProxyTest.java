package io.fleetline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SHORT_MILLIS = 200;

    private ServerSocket echo;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "echo");
        thread.setDaemon(true);
        thread.start();
        proxy = TcpProxy.open().to(echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    @Test
    void whatIsSaidComesThroughAndBack() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket, 7)).isEqualTo(7);
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void aCutEndsConnectionsAndLetsNoneComeAboutUntilItIsMended() throws IOException {
        try (Socket socket = connect()) {
            assertThat(ask(socket, 1)).isEqualTo(1);
            proxy.cut();
            assertThatThrownBy(() -> ask(socket, 2)).isInstanceOf(IOException.class);
        }
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> ask(socket, 3)).isInstanceOf(IOException.class);
        }
        proxy.mend();
        try (Socket socket = connect()) {
            assertThat(ask(socket, 4)).isEqualTo(4);
        }
    }

    @Test
    void aHalfOpenConnectionSaysNothingMoreAndNewOnesAreWell() throws IOException {
        try (Socket dead = connect();
                Socket alive = connectAfter(dead)) {
            dead.setSoTimeout(SHORT_MILLIS);
            assertThatThrownBy(() -> ask(dead, 2)).isInstanceOf(SocketTimeoutException.class);
            assertThat(ask(alive, 3)).isEqualTo(3);
        }
    }

    private Socket connectAfter(Socket first) throws IOException {
        assertThat(ask(first, 1)).isEqualTo(1);
        proxy.leaveHalfOpen();
        return connect();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), proxy.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static int ask(Socket socket, int octet) throws IOException {
        socket.getOutputStream().write(octet);
        int answer = socket.getInputStream().read();
        if (answer < 0) {
            throw new IOException("the connection ended");
        }
        return answer;
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                Thread thread = new Thread(() -> echo(socket), "echo-one");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                socket.getOutputStream().write(octet);
            }
        } catch (IOException e) {
            // The other side has gone.
        }
    }
}
