package io.fleetline.devkafka.node;

/**
 * Where a broker would like to listen, and whether it will do without.
 *
 * @param client a port, or {@link #ANY}
 * @param insistOnClient whether no other will do
 * @param controller a port, or {@link #ANY}
 * @param insistOnController whether no other will do
 */
public record PortWish(int client, boolean insistOnClient, int controller, boolean insistOnController) {

    /** In place of a port: whichever is free. */
    public static final int ANY = 0;

    /**
     * A wish that may come true elsewhere.
     *
     * @param ports where it would be nice to listen
     * @return the wish
     */
    public static PortWish preferably(BrokerPorts ports) {
        return new PortWish(ports.client(), false, ports.controller(), false);
    }

    /**
     * A wish that must come true.
     *
     * @param ports where others expect the broker
     * @return the wish
     */
    public static PortWish exactly(BrokerPorts ports) {
        return new PortWish(ports.client(), true, ports.controller(), true);
    }

    /**
     * The wish as an argument on a command line.
     *
     * @return what {@link #parse} reads
     */
    public String argument() {
        return client + ":" + insistOnClient + ":" + controller + ":" + insistOnController;
    }

    /**
     * Reads an argument of a command line.
     *
     * @param argument what {@link #argument} wrote
     * @return the wish
     */
    public static PortWish parse(String argument) {
        String[] parts = argument.split(":", -1);
        return new PortWish(
                Integer.parseInt(parts[0]),
                Boolean.parseBoolean(parts[1]),
                Integer.parseInt(parts[2]),
                Boolean.parseBoolean(parts[3]));
    }
}
