# SPDX-License-Identifier: BSD-3-Clause
"""`gen impair` between two kernels: all frames pass, and faults are what was asked for.

Shares are counted, not timed; times have a lower bound only, as a busy machine makes them longer.
"""
import math
import re
import signal
import time

import case
import gen
import lab
import middle

LOCAL_EXPERIMENTAL = b"\x88\xb5"    # IEEE 802 local experimental EtherType 1
FRAMES = 20_000


class Raw:
    """A packet socket in a namespace, in a process of its own that this one talks to."""
    SEND = """
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
head = bytes.fromhex(sys.argv[2])
for i in range(int(sys.argv[3])):
    s.send(head + i.to_bytes(4, 'big') * 16)
    if i % 64 == 63:
        import time; time.sleep(0.002)
"""
    RECEIVE = """
import socket, struct, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind((sys.argv[1], 3))
s.setsockopt(263, 8, 1)
print("ready", flush=True)
s.settimeout(5)
for i in range(int(sys.argv[2])):
    data, aux, _, _ = s.recvmsg(2000, 200)
    tag = b""
    for level, kind, value in aux:
        status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", value[:20])
        if status & 16: # TP_STATUS_VLAN_VALID: the kernel took the tag out
            tag = struct.pack(">HH", tpid, tci)
    print((data[:12] + tag + data[12:]).hex(), flush=True)
"""


def send_raw(box, head, count):
    case.must("python3", "-c", Raw.SEND, lab.NEAR_IFACE, head.hex(), count, namespace=box.near)


def all_bytes_pass(box):
    with box.impaired() as told, gen.server(box) as server:
        client = case.execute(case.CLIENT, "--connect", f"{lab.FAR_KERNEL}:7000", "--mode", "echo",
                              "--connections", 8, "--messages", 1000, "--min", 1, "--max", 65536,
                              "--seed", 1, namespace=box.near)
        case.expect(client.code == 0, str(client))
        sent, seen = gen.counts(client), gen.counts(server)
    case.expect_equal((sent["messages"], sent["errors"]), (1000, 0), "messages and errors")
    case.expect_equal((seen["bytes_in"], seen["bytes_out"]), (sent["bytes_out"], sent["bytes_in"]), "bytes")
    for way in told["ways"]:
        case.expect_equal(way["drops"], {}, "drops")
        case.expect(way["checksums_finished"] > 100, f"the kernel's checksums were not finished: {way}")


def any_frame_passes(box):
    """ARP, tags, one in another, what nobody speaks: byte for byte, in order."""
    macs = b"\xff" * 6 + b"\x02\x00\x00\x00\x00\x07"
    heads = [macs + LOCAL_EXPERIMENTAL, macs + b"\x81\x00\x00\x05" + LOCAL_EXPERIMENTAL,
             macs + b"\x88\xa8\x00\x07\x81\x00\x00\x05" + LOCAL_EXPERIMENTAL,
             b"\x02\x00\x00\x00\x00\x63" + macs[6:] + LOCAL_EXPERIMENTAL, macs + b"\x88\xcc"]
    with box.impaired(), case.Process(["python3", "-c", Raw.RECEIVE, lab.FAR_IFACE, len(heads)],
                                      namespace=box.far) as receiver:
        receiver.wait_for_output("ready")
        for head in heads:
            send_raw(box, head, 1)
        case.expect(receiver.wait(10) == 0, str(receiver))
    case.expect_equal(receiver.out.split()[1:], [(head + bytes(64)).hex() for head in heads], "frames")


def lost_as_asked(box):
    """Of frames that nobody answers; the same seed loses the same."""
    head = b"\xff" * 6 + b"\x02\x00\x00\x00\x00\x07" + LOCAL_EXPERIMENTAL
    found = []
    for _ in range(2):
        with box.impair("--fault_ab=loss=10%,duplicate=5%", "--seed=7", f"--count={FRAMES}") as process:
            send_raw(box, head, FRAMES)
            process.wait(30)
            found.append(middle.end(process)["ab"])
    case.expect_equal(found[0]["frames_in"], FRAMES, "frames that came in")
    case.expect_equal(found[0]["drops"], found[1]["drops"], "what one seed does to the same frames")
    for kind, share in (("loss", 0.1), ("duplicate", 0.05 * 0.9)):
        got, spread = found[0]["drops"][f"fault_{kind}"], math.sqrt(FRAMES * share * (1 - share))
        case.expect(abs(got - FRAMES * share) < 5 * spread, f"{kind}: {got} of {FRAMES} for {share}")


def delayed(box):
    with box.impaired("--fault=delay=20ms") as told:
        out = case.must("ping", "-c", 4, "-i", "0.05", lab.FAR_KERNEL, namespace=box.near)
    least_ms = float(re.search(r"rtt min/avg/max/mdev = ([\d.]+)/", out).group(1))
    case.expect(least_ms >= 40, f"20 ms each way, and a round trip of {least_ms} ms")
    case.expect(told["ab"]["held"] >= 4, f"held: {told}")


def slowed_down(box):
    """1 MB through 10 Mbit/s, and nothing is lost but in the queue."""
    with box.impaired("--fault_ab=rate=10mbit,queue=32KiB") as told, \
            gen.server(box, mode="echo") as server:
        began = time.monotonic()
        client = case.execute(case.CLIENT, "--connect", f"{lab.FAR_KERNEL}:7000", "--mode", "echo",
                              "--connections", 1, "--messages", 20, "--min", 50_000, "--max", 50_000,
                              "--seed", 1, namespace=box.near)
        case.expect(client.code == 0, str(client))
        seen = gen.counts(server)
        took_s = time.monotonic() - began
    case.expect_equal(seen["bytes_in"], 1_000_000, "bytes that arrived")
    case.expect(took_s > 0.8, f"8 Mbit through 10 Mbit/s took {took_s} s")
    case.expect(set(told["ab"]["drops"]) <= {"fault_queue"}, f"drops: {told}")


def nothing_stays(box):
    """Killed, it leaves no program behind, and the next one finds the interfaces free."""
    process = box.impair()
    case.must("ping", "-c", 1, "-W", 5, lab.FAR_KERNEL, namespace=box.near)
    case.expect("xdp" in case.must("ip", "link", namespace=box.middle), "no program while it runs")
    process.stop(signal.SIGKILL)
    case.wait_until(lambda: "xdp" not in case.must("ip", "link", namespace=box.middle), 5,
                    lambda: "a program stayed behind")
    with box.impaired():
        case.must("ping", "-c", 1, "-W", 5, lab.FAR_KERNEL, namespace=box.near)


REFUSED = [
    (2, [middle.LEFT], "1 interfaces: expected two"),
    (2, [middle.LEFT, middle.LEFT], "twice"),
    (3, [middle.LEFT, "nosuch"], "no such interface"),
    (2, [middle.LEFT, middle.RIGHT, "--fault=loss=2"], "expected a share"),
    (2, [middle.LEFT, middle.RIGHT, "--fault=loss=1%", "--fault_ab=loss=1%"], "expected it alone"),
    (2, [middle.LEFT, middle.RIGHT, "--speed=9"], "expected --fault="),
    (2, [middle.LEFT, middle.RIGHT, "--duration=0s"], "above 0"),
    (2, [middle.LEFT, middle.RIGHT, f"--seed={1 << 63}"], "a whole number below 2^63"),
    (2, ["one", "two"], "two ends of one link"),
    (3, [middle.LEFT, "down"], "is down: ip link set down up"),
    (3, [middle.LEFT, "many"], "2 queues"),
    (3, [middle.LEFT, "jumbo"], "MTU 9000"),
    (3, [middle.LEFT, "other"], "expected the same"),
]


def refuses(box):
    def ip(*words):
        case.must("ip", *words, namespace=box.middle)

    ip("link", "add", "one", "type", "veth", "peer", "name", "two")
    ip("link", "add", "many", "numrxqueues", 2, "numtxqueues", 2, "type", "veth", "peer", "name", "down",
       "numrxqueues", 2, "numtxqueues", 2)
    ip("link", "add", "jumbo", "mtu", 9000, "type", "veth", "peer", "name", "other", "mtu", 1400)
    for name in ("one", "two", "many", "jumbo", "other"):
        ip("link", "set", name, "up")
    case.must("ethtool", "-L", "many", "rx", 2, "tx", 2, namespace=box.middle)
    for code, words, message in REFUSED:
        tried = case.execute(case.GEN, "impair", *words, namespace=box.middle)
        case.expect(tried.code == code and message in tried.err, f"expected {code}, \"{message}\":\n{tried}")
    ip("route", "add", "default", "dev", middle.RIGHT)
    tried = case.execute(case.GEN, "impair", middle.LEFT, middle.RIGHT, namespace=box.middle)
    case.expect(tried.code == 2 and "carries the default route" in tried.err, str(tried))


def test():
    case.need_programs("ping", case.CLIENT, case.SERVER)
    with middle.Middle() as box:
        for part in (all_bytes_pass, any_frame_passes, lost_as_asked, delayed, slowed_down, nothing_stays,
                     refuses):
            began = time.monotonic()
            part(box)
            print(f"{part.__name__}: {time.monotonic() - began:.1f} s", flush=True)


case.main(test)
