"""What a guest, good or bad, does on the wire. Each word of the command line is one role:
serve ADDRESS PORT           echoes lines, and prints each one it got
serve6 ADDRESS PORT          listens, over IPv4 too
serve6alone ADDRESS PORT     listens, not over IPv4
talk ADDRESS PORT            sends the lines of its input, prints the answers
reach ADDRESS PORT SECONDS   prints 'answered' or 'refused' or 'silence'
sniff DEVICE                 prints 'FROM-MAC TO-MAC SOURCE DESTINATION SPORT DPORT SEQ ACK LENGTH' of incoming IPv4/TCP,
                             'arp FROM-MAC SENDER-MAC SENDER-IP TARGET-IP' of incoming ARP; outgoing lines begin with '>'
segment DEVICE FROM-MAC TO-MAC SOURCE DESTINATION SPORT DPORT SEQ ACK FLAGS TEXT
arp DEVICE FROM-MAC SENDER-MAC SENDER-IP TARGET-IP COUNT
frames DEVICE FROM-MAC COUNT broadcasts of a protocol nobody knows
"""
import socket
import struct
import sys


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def wire(device):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind((device, 0))
    return s


def serve(address, port):
    import threading

    def one(connection):
        with connection, connection.makefile("rwb") as lines:
            try:
                for line in lines:
                    print(line.decode().strip(), flush=True)
                    lines.write(line)
                    lines.flush()
            except OSError:
                print("broken", flush=True)

    with socket.create_server((address, int(port)), backlog=64) as server:
        print("ready", flush=True)
        while True:
            threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()


def serve6(address, port, both=True):
    with socket.create_server((address, int(port)), family=socket.AF_INET6, dualstack_ipv6=both):
        print("ready", flush=True)
        sys.stdin.read()


def serve6alone(address, port):
    serve6(address, port, both=False)


def talk(address, port):
    with socket.create_connection((address, int(port)), 10) as c, c.makefile("rwb") as lines:
        print("ready", flush=True)
        for line in sys.stdin.buffer:
            lines.write(line)
            lines.flush()
            print(lines.readline().decode().strip(), flush=True)


def reach(address, port, seconds):
    try:
        socket.create_connection((address, int(port)), float(seconds)).close()
        print("answered")
    except ConnectionRefusedError:
        print("refused")
    except OSError:
        print("silence")


def sniff(device):
    s = wire(device)
    print("ready", flush=True)
    while True:
        frame, where = s.recvfrom(65536)
        out = "> " if where[2] == socket.PACKET_OUTGOING else ""
        to, source, kind = frame[0:6].hex(":"), frame[6:12].hex(":"), frame[12:14]
        if kind == b"\x08\x06":
            print(out + "arp", source, frame[22:28].hex(":"), socket.inet_ntoa(frame[28:32]),
                  socket.inet_ntoa(frame[38:42]), flush=True)
        elif kind == b"\x08\x00" and frame[23] == 6:
            t = 14 + (frame[14] & 15) * 4
            sport, dport, seq, ack, off = struct.unpack("!HHIIB", frame[t:t + 13])
            length = struct.unpack("!H", frame[16:18])[0] - (frame[14] & 15) * 4 - (off >> 4) * 4
            print(out + " ".join(map(str, (source, to, socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34]),
                                           sport, dport, seq, ack, length))), flush=True)


def segment(device, source, to, src, dst, sport, dport, seq, ack, flags, text):
    payload = text.encode() + b"\n" if text else b""
    ends = socket.inet_aton(src) + socket.inet_aton(dst)
    bits = {"syn": 2, "rst": 4, "data": 0x18}[flags]
    tcp = struct.pack("!HHIIBBHHH", int(sport), int(dport), int(seq), int(ack), 5 << 4, bits, 64240, 0, 0) + payload
    tcp = tcp[:16] + struct.pack("!H", checksum(ends + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + ends
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    wire(device).send(mac(to) + mac(source) + b"\x08\x00" + ip + tcp)


def arp(device, source, sender, sender_ip, target_ip, count):
    s = wire(device)
    for op in (1, 2) * int(count):
        s.send(b"\xff" * 6 + mac(source) + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x800, 6, 4, op) + mac(sender)
               + socket.inet_aton(sender_ip) + b"\0" * 6 + socket.inet_aton(target_ip))


def frames(device, source, count):
    s = wire(device)
    for _ in range(int(count)):
        s.send(b"\xff" * 6 + mac(source) + b"\x88\xb5" + bytes(50))


if __name__ == "__main__":
    {f.__name__: f for f in (serve, serve6, serve6alone, talk, reach, sniff, segment, arp, frames)}[sys.argv[1]](*sys.argv[2:])
