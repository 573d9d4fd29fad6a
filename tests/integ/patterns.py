# SPDX-License-Identifier: BSD-3-Clause
"""What connections do under load: held, opened on demand, replaced, opened again, and how many.

Exact counts and bounds that hold on a slow machine too; what a pattern may cost is for benchmarks.
"""
import sys

import case
import gen
import lab
from results import Results

TRIES = 4

# Echoes 64-byte messages; every connection ends after its third reply, by FIN or by RST in turn.
MOODY = """
import socket, struct, sys, threading
listener = socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=64)
def serve(peer, reset):
    for _ in range(3):
        data = b""
        while len(data) < 64:
            part = peer.recv(64 - len(data))
            if not part:
                break
            data += part
        peer.sendall(data)
    if reset:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
print("ready", flush=True)
number = 0
while True:
    peer, _ = listener.accept()
    number += 1
    threading.Thread(target=serve, args=(peer, number % 2), daemon=True).start()
"""


def run(folder, name, code=gen.WELL_OR_LATE, more="", **keys):
    """On the pair wire unless the keys say otherwise; `more`: sections instead of [main]."""
    db = folder / f"{name}.db"
    job = gen.job(folder, name, db=db, **{"wire": "pair", "transactions": 0, **keys})
    if more:
        job.write_text(job.read_text(encoding="utf-8").replace("[main]\n", more), encoding="utf-8")
    gen.run(job, code=code)
    return Results(db).check_whole()


def held_without_load(folder):
    found = run(folder, "held", rate=0, connections=30, duration="300ms", code=None)
    case.expect_equal(found.sum("started"), 0, "transactions started with rate = 0")
    case.expect_equal(found.counter("connects_completed"), 30, "connections opened")
    case.expect_equal(found.counter("closes"), 30, "connections closed in order")


def expect_churned(found, due, connections):
    """One that is busy when the load ends is not replaced any more: a few less on a slow machine."""
    churned, opened = found.counter("churned"), found.counter("connects_completed")
    case.expect(due / 2 <= churned <= due, f"{churned} connections replaced, {due} were due")
    case.expect(churned <= opened <= churned + connections,
                f"{opened} connections opened for {connections} and {churned} replaced")
    case.expect_equal(found.sum("failed"), 0, "transactions that churn cost")


def replaced_at_a_rate(folder):
    found = run(folder, "churn", pattern="churn", churn_rate=400, connections=50, rate=1000,
                duration="1s", timeout="20s")
    expect_churned(found, 400, 50)
    case.expect_equal(found.sum("started"), 1000, "transactions, at a rate of their own")


def replaced_by_reset(folder):
    found = run(folder, "churn_rst", pattern="churn", churn_rate=100, connections=5, close="rst",
                duration="500ms", depth=4, timeout="20s")
    expect_churned(found, 50, 5)


def opened_on_demand(folder):
    calm = run(folder, "calm", pattern="pooled", connections=100, rate=20, duration="500ms")
    opened = calm.counter("connects_completed")
    case.expect(0 < opened < 20, f"10 spread transactions opened {opened} of 100 connections")
    busy = run(folder, "busy", pattern="pooled", connections=8, duration="200ms")
    case.expect_equal(busy.counter("connects_completed"), 8, "connections that a closed loop opened")
    case.expect(busy.sum("started") > 8, "pooled connections were not used again")


def opened_at_a_rate(folder):
    found = run(folder, "slow", connections=20, connect_rate=40, rate=0, duration="100ms", code=None)
    seconds = found.query("SELECT (ended_ns - started_ns) / 1e9 FROM phase WHERE kind = 'connect'")[0][0]
    case.expect(seconds >= 19 / 40, f"20 connections at 40/s opened within {seconds} s")


def phases_of_their_own(folder):
    sections = "".join(f"[p{n}]\nconnections = {n}\n\n" for n in (10, 50, 5))
    found = run(folder, "phases", more=sections, rate=200, duration="200ms")
    case.expect_equal(found.counter("connects_completed"), 50, "connections opened in all")
    open_now = found.query("SELECT p.name, i.open_connections FROM interval i JOIN phase p "
                         "ON p.id = i.phase_id WHERE p.kind = 'measure' GROUP BY p.id")
    case.expect_equal(dict(open_now), {"p10": 10, "p50": 50, "p5": 5}, "open in each phase")


def short_lives_then_long_ones(folder):
    """Where the machine is slow, the last short-lived one may still be open as the long-lived begin, and is
    one of them: such a round is tried again."""
    sections = "[brief]\npattern = short_lived\n\n[long]\npattern = long_lived\n\n[brief2]\n" \
               "pattern = short_lived\n"
    for attempt in range(TRIES):
        found = run(folder, f"mixed{attempt}", more=sections, rate=100, connections=10, duration="200ms")
        case.expect_equal(found.sum("completed"), 60, "transactions of all phases")
        opened = found.counter("connects_completed")
        if opened == 20 + 10 + 20:
            return
        case.expect(20 + 20 <= opened < 50, f"{opened} connections opened")
    raise AssertionError(f"{opened} connections opened, expected 50, {TRIES} times")


def paced(folder):
    found = run(folder, "pace", pace="50ms", connections=4, duration="500ms")
    case.expect(4 < found.sum("started") <= 4 * 11, f"{found.sum('started')} starts on 4 connections"
                " with 50 ms between any two of each, in half a second")
    found = run(folder, "pace_worker", pace_worker="10ms", connections=4, duration="500ms")
    case.expect(4 < found.sum("started") <= 51, f"{found.sum('started')} starts with 10 ms between")


def opened_again(folder):
    with lab.Lab() as box, case.Process([sys.executable, "-c", MOODY, lab.FAR_KERNEL, "7000"],
                                        namespace=box.far) as server:
        server.wait_for_output("ready")
        db = folder / "again.db"
        job = gen.job(folder, "again", pattern="reconnect", reconnect_min="5ms", connections=10,
                      rate=200, duration="1s", timeout="2s", db=db, **gen.over_xdp())
        gen.run(job, namespace=box.near, code=None)
    found = Results(db).check_whole()
    reopened, done = found.counter("reopens"), found.sum("completed")
    case.expect(reopened >= 5, f"{reopened} connections were opened again")
    case.expect(30 < done <= 3 * found.counter("connects_completed"),
                f"{done} transactions on {10 + reopened} connections of three each")


def test():
    with case.scratch() as folder:
        held_without_load(folder)
        replaced_at_a_rate(folder)
        replaced_by_reset(folder)
        opened_on_demand(folder)
        opened_at_a_rate(folder)
        phases_of_their_own(folder)
        short_lives_then_long_ones(folder)
        paced(folder)
        opened_again(folder)


case.main(test)
