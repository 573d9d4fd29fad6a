# SPDX-License-Identifier: BSD-3-Clause
"""50 times SIGKILL at a random moment of a lab run: the kernel is left as it was, the file opens.

Two runs go on at a time, each of a row of its own (a lane). What is left is found by a mark in the
environment (processes) and by comparison (the rest). Comparisons wait: the kernel takes a dead
process's things back a moment later.
"""
import heapq
import json
import os
import pathlib
import random
import signal
import sqlite3
import time

import case
import gen
from results import Results

KILLS, LANES, SEED = 50, 2, int(time.time())
MARK = "WIREBENCH_TEST_MARK"


def rows(command):
    """What goes while it is listed is an error: the list is made again."""
    for _ in range(20):
        listed = case.execute(*command.split())
        if listed.code == 0:
            return json.loads(listed.out or "[]")
        time.sleep(0.05)
    raise AssertionError(str(listed))


def kernel_state():
    """{kind: set of identities} of what a run makes in the kernel."""
    return {
        "XDP programs": {r["id"] for r in rows("bpftool -j prog list") if r["type"] == "xdp"},
        "BPF links": {r["id"] for r in rows("bpftool -j link list")},
        "network links": {r["ifname"] for r in rows("ip -j link show")},
        "addresses": {(r["ifname"], a["local"]) for r in rows("ip -j address show")
                      for a in r.get("addr_info", [])},
        "named namespaces": {r["name"] for r in rows("ip -j netns list")},
        "network namespaces": set(case.must("lsns", "-n", "-t", "net", "-o", "NS").split()),
    }


def left_over(before):
    now = kernel_state()
    return {kind: now[kind] - before[kind] for kind in now if now[kind] - before[kind]}


class Lane:
    """Runs one after the other into one file, each killed before the next."""

    def __init__(self, folder, name):
        self.mark = f"{os.getpid()}-{name}"
        self.db = folder / f"{name}.db"
        self.job = gen.job(folder, name, wire="lab", connections=100, duration="30s", interval="100ms", db=self.db)
        self.run = None

    def start(self):
        self.run = gen.start(self.job, env={**os.environ, MARK: self.mark})

    def processes(self):
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"{MARK}={self.mark}".encode() in path.read_bytes().split(b"\0"):
                    found.append(path.parent.name)
            except OSError:
                pass  # ended meanwhile
        return found

    def kill(self):
        case.expect(self.run.child.poll() is None, f"ended by itself:\n{self.run}")
        self.run.stop(signal.SIGKILL)
        case.wait_until(lambda: not self.processes(), 5, lambda: f"left: {self.processes()}")

    def check_file(self):
        """Whole, and each killed run is interrupted: by derivation first, then as written. How many runs it has."""
        states = Results(self.db).states()
        with sqlite3.connect(self.db) as opened:
            case.expect_equal(opened.execute("PRAGMA integrity_check").fetchone()[0], "ok", "integrity")
        listed = gen.analyze("--db", self.db, "--list")
        case.expect_equal(listed.count("interrupted"), len(states), "runs listed as interrupted")
        gen.run(self.job, "--duration=1s")
        case.expect_equal(Results(self.db).states(), ["interrupted"] * len(states) + ["done"], "states")
        return len(states)


def kill_all(lanes, draw):
    """Each run at a moment of its own, from its start on; the next of its lane starts at once."""
    due = []
    for n in range(KILLS + len(lanes)):
        lane = lanes[n] if n < len(lanes) else None
        if not lane:
            moment, number = heapq.heappop(due)
            lane = lanes[number]
            time.sleep(max(0.0, moment - time.monotonic()))
            lane.kill()
        if n < KILLS:
            lane.start()
            heapq.heappush(due, (time.monotonic() + draw.uniform(0.05, 1.5), lanes.index(lane)))


def test():
    case.need_capabilities()
    case.need_programs("bpftool", "ip", "lsns")
    print(f"seed {SEED}")
    with case.scratch() as folder:
        lanes = [Lane(folder, f"lane{n}") for n in range(LANES)]
        before = kernel_state()
        kill_all(lanes, random.Random(SEED))
        case.wait_until(lambda: not left_over(before), 20, lambda: f"left over: {left_over(before)}")
        begun = sum(lane.check_file() for lane in lanes)
        print(f"{begun} of {KILLS} runs had begun their row")
        case.expect(begun > KILLS / 4, "hardly a run got as far as the database")


case.main(test)
