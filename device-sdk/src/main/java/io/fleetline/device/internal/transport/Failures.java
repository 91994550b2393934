package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.connection.EndCause;
import io.fleetline.device.internal.connection.Ending;
import java.io.IOException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.websocket.api.exceptions.BadPayloadException;
import org.eclipse.jetty.websocket.api.exceptions.MessageTooLargeException;
import org.eclipse.jetty.websocket.api.exceptions.ProtocolException;
import org.eclipse.jetty.websocket.api.exceptions.UpgradeException;

/** Reads from what Jetty and the JDK throw how a connection ended. */
final class Failures {
    private Failures() {}

    static Ending ending(Throwable failure, boolean wasOpen) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isDistrust(cause)) {
                return Ending.of(EndCause.UNTRUSTED_NODE, "TLS failed: " + describe(failure));
            }
            if (cause instanceof HttpResponseException answer) {
                return ofProxy(answer.getResponse().getStatus());
            }
            if (cause instanceof MessageTooLargeException
                    || cause instanceof ProtocolException
                    || cause instanceof BadPayloadException) {
                return Ending.of(EndCause.BROKEN_PEER, "the node broke the protocol: " + cause.getMessage());
            }
            if (cause instanceof UpgradeException upgrade && upgrade.getResponseStatusCode() == 101) {
                return Ending.of(EndCause.WRONG_ENDPOINT, "the node's answer is no WebSocket: " + describe(failure));
            }
        }
        return wasOpen
                ? Ending.of(EndCause.LOST, "the connection broke: " + describe(failure))
                : Ending.of(EndCause.UNREACHABLE, "cannot connect: " + describe(failure));
    }

    /** The only answer that comes to light this way is one that a proxy gives in place of a tunnel. */
    private static Ending ofProxy(int status) {
        return Ending.of(
                status < 500 ? EndCause.WRONG_ENDPOINT : EndCause.UNREACHABLE,
                "the proxy made no tunnel, but answered HTTP " + status);
    }

    // A handshake that ends in the middle is the network's or a dying node's doing; only a verdict of either side's on
    // the other's certificate or offer is lasting.
    private static boolean isDistrust(Throwable cause) {
        if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
            return true;
        }
        return cause instanceof SSLHandshakeException handshake && !wasCutOff(handshake);
    }

    /** Jetty makes a failed handshake of every end that comes within one: a reset connection, and one that was closed. */
    private static boolean wasCutOff(SSLHandshakeException handshake) {
        String message = String.valueOf(handshake.getMessage());
        return message.contains("terminated the handshake")
                || message.contains("Abruptly closed by peer")
                || (handshake.getCause() instanceof IOException cause && !(cause instanceof SSLException));
    }

    private static String describe(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + (root.getMessage() == null ? "" : ": " + root.getMessage());
    }
}
