package io.fleetline.ingest.jetty;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses as they are written, never names, which would be looked up. */
final class IpLiteral {
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    /** What is left to the JDK, which takes anything with a colon for an address and looks nothing up. */
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

    private IpLiteral() {}

    /** The address, or nothing if the text is not one of IPv4 or IPv6 (RFC 4291, section 2.2; without a zone). */
    static Optional<InetAddress> parse(String text) {
        if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The address that stands in a header, maybe with a port behind it: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
    static Optional<InetAddress> parseWithPort(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            boolean whole = end == text.length() - 1;
            return end > 0 && (whole || PORT.matcher(text.substring(end + 1)).matches())
                    ? parse(text.substring(1, end))
                    : Optional.empty();
        }
        // More than one colon: IPv6 without brackets, and so without a port.
        return parse(
                text.indexOf(':') == text.lastIndexOf(':') ? PORT.matcher(text).replaceFirst("") : text);
    }
}
