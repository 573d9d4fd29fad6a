# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's own traffic on the interface that a run uses: ping and a TCP transfer each way."""
import contextlib
import re
import sys

import case

TRANSFER_PORT = 9000
TRANSFER_BYTES = 8 << 20
# Sends or receives a known stream; the receiver prints what arrived, byte-checked.
SCRIPT = """
import hashlib, random, socket, sys
role, address, port, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
data = random.Random(7).randbytes(size)
if role == "receive":
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family)
    print("ready", flush=True)
    peer, _ = listener.accept()
    digest, left = hashlib.sha256(), size
    while left and (chunk := peer.recv(65536)):
        digest.update(chunk)
        left -= len(chunk)
    same = left == 0 and digest.digest() == hashlib.sha256(data).digest()
    print("intact" if same else "damaged", flush=True)
    peer.sendall(b"k")
else:
    with socket.create_connection((address, port), timeout=60) as peer:
        peer.sendall(data)
        peer.recv(1)
"""


def _script(namespace, role, address):
    return case.Process([sys.executable, "-c", SCRIPT, role, address, TRANSFER_PORT,
                         TRANSFER_BYTES], namespace=namespace)


def transfer(sender, receiver, address):
    with _script(receiver, "receive", address).wait_for_output("ready") as sink:
        with _script(sender, "send", address) as source:
            case.expect(source.wait(60) == 0, f"kernel transfer broke off:\n{source}")
        case.expect(sink.wait(10) == 0 and "intact" in sink.out, f"kernel transfer:\n{sink}")


@contextlib.contextmanager
def ping(box, address):
    """Pings while the block runs; afterwards no echo may be missing."""
    with case.Process(["ping", "-i", "0.1", address], namespace=box.far) as pinging:
        yield
        pinging.stop(2)
        found = re.search(r"(\d+) packets transmitted, (\d+) received", pinging.out)
        case.expect(found, f"ping printed no counts:\n{pinging}")
        sent, received = map(int, found.groups())
        # The last echo may still be under way when ping is told to stop.
        case.expect(received >= max(sent - 1, 1), f"ping lost echoes:\n{pinging}")
