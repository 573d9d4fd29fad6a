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


def run(box, folder, name, **keys):
    """One connection a transaction, so that a broken one fails nobody else's."""
    db = folder / f"{name}.db"
    job = gen.job(folder, name, pattern="short_lived", connections=20, payload=200,
                  transactions=TRANSACTIONS, timeout="1s", connect_timeout="1s", db=db,
                  **{**gen.over_xdp(), **keys})
    ended = gen.run(job, namespace=box.near, code=None)
    case.expect(ended.code not in (0, 2, 3), f"{name}: nothing worked, yet:\n{ended}")
    return Results(db).check_whole()


def expect_only(found, kind):
    """The kind of every failed transaction, and of the connects where nothing could be started."""
    kinds = {**found.counters("result"), **found.counters("connect_error")}
    case.expect_equal(set(kinds), {kind}, "kinds of failure")
    case.expect_equal(found.sum("completed"), 0, f"completed although all ended with {kind}")


def misbehaving(box, folder):
    for mode, protocol, kind in MODES:
        with gen.server(box, mode=mode):
            found = run(box, folder, mode, protocol=protocol)
        expect_only(found, kind)
        case.expect_equal(found.sum("failed"), TRANSACTIONS, f"transactions of {mode}")


@contextlib.contextmanager
def deaf(box):
    arguments = [sys.executable, "-c", DEAF, lab.FAR_KERNEL, "7000"]
    with case.Process(arguments, namespace=box.far) as process:
        yield process.wait_for_output("ready")


def no_connection(box, folder):
    expect_only(run(box, folder, "refused", target=f"{lab.FAR_KERNEL}:7999"), "connect_refused")
    expect_only(run(box, folder, "nobody", target="10.77.0.9:7000"), "no_route")
    with deaf(box):
        expect_only(run(box, folder, "deaf"), "connect_timeout")


def test():
    with lab.Lab() as box, case.scratch() as folder:
        no_connection(box, folder)
        misbehaving(box, folder)


case.main(test)
