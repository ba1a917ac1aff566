package org.virtsound.net;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * The private IPv4 network of SOUND and the host's address in it, written as {@code 10.47.13.0/29} (the host takes the
 * first address) or with the host's own address, {@code 10.47.13.6/29}.
 *
 * @param hostBits the host's address, as a number
 * @param prefix 16 to 30
 */
public record Subnet(int hostBits, int prefix) {
    private static final List<String> PRIVATE = List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");

    public Subnet {
        if (prefix < 16 || prefix > 30) {
            throw refused(
                    hostBits, prefix, "has prefix /" + prefix + " (expected: /16 to /30)", "use /29 for 5 guests");
        }
        boolean isPrivate = PRIVATE.stream().anyMatch(range -> {
            int slash = range.indexOf('/');
            int bits = Integer.parseInt(range.substring(slash + 1));
            return (hostBits & mask(bits)) == bits(parseAddress(range.substring(0, slash)));
        });
        if (!isPrivate) {
            throw refused(
                    hostBits, prefix, "is public (expected: a network inside " + PRIVATE + ")", "use 10.47.13.0/29");
        }
        int inside = hostBits & ~mask(prefix);
        if (inside == 0 || inside == ~mask(prefix)) {
            throw refused(
                    hostBits,
                    prefix,
                    "puts the host on the network's first or last number (expected: a host address between them)",
                    "write the network's own address, such as 10.47.13.0/29, and the host takes the first free one");
        }
    }

    /** Reads {@code ADDRESS/PREFIX}; throws {@link IllegalArgumentException} saying what is wrong with it. */
    public static Subnet parse(String text) {
        requireNonNull(text, "text is null");
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException(
                    "subnet '" + text + "' has no prefix (expected: ADDRESS/PREFIX); write it as 10.47.13.0/29");
        }
        int prefix = Integer.parseInt(text.substring(slash + 1));
        int bits = bits(parseAddress(text.substring(0, slash)));
        if (prefix >= 16 && prefix <= 30 && (bits & ~mask(prefix)) == 0) {
            bits++;
        }
        return new Subnet(bits, prefix);
    }

    /** Reads a dotted IPv4 address; never asks a name server. */
    public static Inet4Address parseAddress(String text) {
        requireNonNull(text, "text is null");
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        boolean good = parts.length == 4;
        for (int i = 0; good && i < 4; i++) {
            good = parts[i].matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(parts[i]) <= 255;
            bytes[i] = good ? (byte) Integer.parseInt(parts[i]) : 0;
        }
        if (!good) {
            throw new IllegalArgumentException(
                    "address '" + text + "' (expected: four numbers of 0 to 255 with dots); write it as 10.47.13.2");
        }
        return address(bits(bytes));
    }

    /** The address of the host on the bridge, where guests find the sound server. */
    public Inet4Address host() {
        return address(hostBits);
    }

    public Inet4Address network() {
        return address(hostBits & mask(prefix));
    }

    public Inet4Address broadcast() {
        return address(hostBits | ~mask(prefix));
    }

    /** How many guests fit beside the host. */
    public int guests() {
        return ~mask(prefix) - 2;
    }

    public boolean contains(Inet4Address address) {
        return ((bits(address) ^ hostBits) & mask(prefix)) == 0;
    }

    /** Whether a guest may have this address: inside, and neither the host's nor the network's first or last. */
    public boolean isForGuest(Inet4Address address) {
        return contains(address)
                && !address.equals(host())
                && !address.equals(network())
                && !address.equals(broadcast());
    }

    /** Whether this network shares an address with {@code network/bits}. */
    public boolean overlaps(Inet4Address network, int bits) {
        return ((bits(network) ^ hostBits) & mask(Math.min(bits, prefix))) == 0;
    }

    /** The n-th number of the network, from 0 (the network itself). */
    public Inet4Address numbered(int n) {
        return address((hostBits & mask(prefix)) + n);
    }

    /** How many numbers it has, with the first and the last. */
    public int size() {
        return ~mask(prefix) + 1;
    }

    /** {@code 10.47.13.1/29}, as {@code ip addr} takes it. */
    String hostWithPrefix() {
        return host().getHostAddress() + "/" + prefix;
    }

    /** {@code 10.47.13.0/29}, as routes and firewall rules name it. */
    @Override
    public String toString() {
        return network().getHostAddress() + "/" + prefix;
    }

    private static IllegalArgumentException refused(int bits, int prefix, String found, String next) {
        return new IllegalArgumentException(
                "subnet " + address(bits).getHostAddress() + "/" + prefix + " " + found + "; " + next);
    }

    private static int mask(int bits) {
        return bits == 0 ? 0 : -1 << (32 - bits);
    }

    private static int bits(Inet4Address address) {
        return bits(address.getAddress());
    }

    private static int bits(byte[] b) {
        return (b[0] & 255) << 24 | (b[1] & 255) << 16 | (b[2] & 255) << 8 | (b[3] & 255);
    }

    private static Inet4Address address(int bits) {
        byte[] b = {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits};
        try {
            return (Inet4Address) InetAddress.getByAddress(b);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
