# SPDX-License-Identifier: BSD-3-Clause
"""Peers that misbehave: each failure gets its own kind, and the counts close exactly."""
import contextlib
import sys

import case
import gen
import lab
from results import Results

TRANSACTIONS = 200
# A server's mode, the job's protocol, the kind that every transaction must end with.
MODES = [("silent", "echo", "timeout"), ("reset", "echo", "reset"),
         ("close-early", "echo", "closed_early"), ("wrong-id", "line", "wrong_id"),
         ("bad-bytes", "echo", "bad_reply")]
# Listens, lets its queue run full and never accepts: the kernel then ignores further SYNs.
DEAF = """
import socket, sys, time
listener = socket.socket()
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(0)
held = [socket.socket() for _ in range(4)]
for peer in held:
    peer.setblocking(False)
    peer.connect_ex(listener.getsockname())
time.sleep(0.5)
print("ready", flush=True)
time.sleep(600)
"""

# Lines go back as they came: two at a time, the second one first; or each after so many seconds.
ODD = """
import socket, sys, threading, time
listener = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=512)
mode = sys.argv[3]
def serve(peer):
    held, lines = b"", []
    while data := peer.recv(1 << 16):
        *whole, held = (held + data).split(b"\\n")
        lines += [line + b"\\n" for line in whole]
        while mode == "swap" and len(lines) >= 2:
            peer.sendall(lines.pop(1) + lines.pop(0))
        while mode != "swap" and lines:
            time.sleep(float(mode))
            peer.sendall(lines.pop(0))
    peer.close()
print("ready", flush=True)
while True:
    peer, _ = listener.accept()
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
"""


def run(box, folder, name, **keys):
    """One connection a transaction, so that a broken one fails nobody else's."""
    db = folder / f"{name}.db"
    job = gen.job(folder, name, **{"pattern": "short_lived", "connections": 20, "payload": 200,
                                   "transactions": TRANSACTIONS, "timeout": "1s", "connect_timeout": "1s",
                                   "db": db, **gen.over_xdp(), **keys})
    ended = gen.run(job, namespace=box.near, code=None)
    case.expect(ended.code not in (0, 2, 3), f"{name}: nothing worked, yet:\n{ended}")
    return Results(db).check_whole()


def expect_only(found, kind):
    """The kind of every failed transaction, and of the connects where nothing could be started."""
    kinds = {**found.counters("result"), **found.counters("connect_error")}
    case.expect_equal(set(kinds), {kind}, "kinds of failure")
    case.expect_equal(found.sum("completed"), 0, f"completed although all ended with {kind}")


def misbehaving(box, folder):
    """A port each: the processes of a server that was killed may listen a moment longer."""
    for port, (mode, protocol, kind) in enumerate(MODES, 7001):
        with gen.server(box, mode=mode, port=port):
            found = run(box, folder, mode, protocol=protocol, target=f"{lab.FAR_KERNEL}:{port}", connections=100)
        expect_only(found, kind)
        case.expect_equal(found.sum("failed"), TRANSACTIONS, f"transactions of {mode}")


@contextlib.contextmanager
def deaf(box):
    arguments = [sys.executable, "-c", DEAF, lab.FAR_KERNEL, "7000"]
    with case.Process(arguments, namespace=box.far) as process:
        yield process.wait_for_output("ready")


@contextlib.contextmanager
def odd(box, mode):
    arguments = [sys.executable, "-c", ODD, lab.FAR_KERNEL, "7000", mode]
    with case.Process(arguments, namespace=box.far) as process:
        yield process.wait_for_output("ready")


def out_of_order(box, folder):
    """Two requests in a write, answered the other way round: one of the two overtook."""
    db = folder / "swap.db"
    job = gen.job(folder, "swap", protocol="line", mix="batch", batch_requests=2, payload=200, connections=20,
                  transactions=TRANSACTIONS, timeout="5s", db=db, **gen.over_xdp())
    with odd(box, "swap"):
        ended = gen.run(job, namespace=box.near, code=None)
    results = Results(db).check_whole().counters("result")
    half = TRANSACTIONS // 2
    case.expect(results == {"ok": half, "out_of_order": half}, f"{results}, half should be ok:\n{ended}")


def slow(box, folder):
    """20 connections, each good for 10/s, are asked for 1,000/s: late replies, waiting, and in the
    end what the queue gives up. The peer's fault, not the generator's."""
    db = folder / "slow.db"
    job = gen.job(folder, "slow", protocol="line", payload=200, connections=20, rate=1000, duration="1s",
                  queue_max="200ms", timeout="5s", db=db, **gen.over_xdp())
    with odd(box, "0.1"):
        gen.run(job, namespace=box.near, code=gen.WELL_OR_LATE)
    found = Results(db).check_whole()
    results = found.counters("result")
    case.expect_equal(set(results), {"ok", "not_sent"}, "results")
    case.expect_equal(sum(results.values()), 1000, "transactions")
    case.expect(20 <= results["ok"] <= 20 * 14, f"{results['ok']} replies of 200/s in 1.4 s at most")
    fastest = found.query("SELECT min_ns FROM summary WHERE phase_id IS NULL AND time = 'service'")[0][0]
    case.expect(fastest >= 95_000_000, f"a reply after {fastest} ns")
    with odd(box, "1.3"): # beyond the timeout of a second
        late = run(box, folder, "late", protocol="line", connections=TRANSACTIONS)
    expect_only(late, "timeout")
    case.expect_equal(late.sum("failed"), TRANSACTIONS, "transactions of a peer that is late")


def no_connection(box, folder):
    expect_only(run(box, folder, "refused", target=f"{lab.FAR_KERNEL}:7999"), "connect_refused")
    expect_only(run(box, folder, "nobody", target="10.77.0.9:7000"), "no_route")
    with deaf(box):
        expect_only(run(box, folder, "deaf"), "connect_timeout")


def test():
    with lab.Lab() as box, case.scratch() as folder:
        no_connection(box, folder)
        misbehaving(box, folder)
        out_of_order(box, folder)
        slow(box, folder)


case.main(test)
