# SPDX-License-Identifier: BSD-3-Clause
"""What limited a run: runs whose limit was put there on purpose, and what gen and analyze say.

The machine may be busy with other things. What these limits show stands before that in the rule,
but for the round trip: there `machine` is as right an answer.
"""
import json
import os
import signal
import sqlite3
import sys

import case
import gen

# A server that thinks for 5 ms about every message.
SLOW = """
import socketserver, time
class Slow(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(4096):
            time.sleep(0.005)
            self.request.sendall(data)
class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 64
    daemon_threads = True
Server(("198.19.0.1", 9000), Slow).serve_forever()
"""


def limit(folder, name, code=0, **keys):
    """Runs a job for a second; what analyze derives and what gen stored must agree."""
    db = folder / f"{name}.db"
    keys = {"wire": "pair", "connections": 4, "duration": "1s", "warmup": "100ms",
            "interval": "200ms", **keys}
    gen.run(gen.job(folder, name, db=db, **keys), code=code)
    done = case.execute(case.ANALYZE, "--db", db, "--json")
    found = json.loads(done.out)
    with sqlite3.connect(db) as file:
        part, evidence = file.execute("SELECT limited_by, limited_by_evidence FROM run").fetchone()
    case.expect_equal(found["limited_by"], part, f"{name}: the part that limited")
    case.expect(evidence.endswith(found["limited_by_evidence"]), f"{name}: {evidence}, {found}")
    return found["limited_by_detail"], found["limited_by_evidence"]


def expect(folder, name, details, *words, **keys):
    detail, evidence = limit(folder, name, **keys)
    case.expect(detail in details, f"{name}: limited by {detail}, expected {details}: {evidence}")
    for word in words:
        case.expect(word in evidence, f"{name}: no \"{word}\" in: {evidence}")


def expect_edges(db):
    """What the responder counted is stored near both edges of each measured phase."""
    with sqlite3.connect(db) as file:
        phases = file.execute("SELECT started_ns, ended_ns FROM phase WHERE measured").fetchall()
        moments = [at for at, in file.execute(
            "SELECT at_ns FROM iface_counter WHERE iface = 'peer' AND name = 'cycles_idle'")]
    case.expect(phases and len(moments) == 2 * len(phases) + 1, f"moments: {phases}, {moments}")
    for phase in phases:
        for edge in phase:
            away = min(abs(edge - at) for at in moments)
            case.expect(away < 0.1 * (phase[1] - phase[0]), f"{away} ns from {edge}: {moments}")


def on_pair(folder):
    expect(folder, "rate", ["load"], "200 of 200 transactions offered", "generator loop busy",
           rate=200, code=gen.WELL_OR_LATE)
    expect_edges(folder / "rate.db")
    # a bound of the job decides: what is hardly busy counts as full
    expect(folder, "bound", ["generator"], "generator loop busy", limit_busy="0%")
    expect(folder, "loss", ["loss"], "retransmission time-outs of at least 200 ms", fault="loss=5%")
    expect(folder, "window", ["peer_window"], "times a transaction for room in it",
           payload="64KiB", reply="64KiB", window="4KiB")
    expect(folder, "depth", ["round_trip", "machine"], "responder loop")


def server_holds(folder):
    script = folder / "slow.py"
    script.write_text(SLOW, encoding="utf-8")
    expect(folder, "slow", ["peer"], "even the fastest reply took", "holds its replies",
           wire="lab", peer=f"exec:{sys.executable} {script}", connections=8)


def killed(folder):
    """What the peer counted in its last phase dies with the run; the rest is told."""
    db = folder / "killed.db"
    run = gen.start(gen.job(folder, "killed", wire="pair", connections=4, rate=100, db=db,
                            interval="100ms", duration="60s"))
    case.wait_until(lambda: measured(db), 30, lambda: f"six intervals: {run}")
    run.stop(signal.SIGKILL)
    found = json.loads(case.execute(case.ANALYZE, "--db", db, "--json").out)
    case.expect_equal(found["state"], "interrupted", "state of a killed run")
    case.expect_equal(found["limited_by_detail"], "load", "limit of a killed run")


def measured(db):
    try:
        with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as file:
            return file.execute("SELECT count(*) FROM interval i JOIN phase p ON p.id = i.phase_id "
                                "WHERE p.measured").fetchone()[0] > 5
    except sqlite3.Error:
        return False


def test():
    with case.scratch() as folder:
        on_pair(folder)
        killed(folder)
        if os.geteuid() == 0: # the lab needs namespaces
            server_holds(folder)
            limit(folder, "lab", wire="lab")
            expect_edges(folder / "lab.db")
        else:
            case.skip("the lab's part needs root; what runs without held")


case.main(test)
