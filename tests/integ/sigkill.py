# SPDX-License-Identifier: BSD-3-Clause
"""50 times SIGKILL at a random moment of a lab run: the kernel is left as it was, the file opens.

What is left is found by a mark in the environment (processes) and by comparison (the rest).
Comparisons wait: the kernel takes a dead process's things back a moment later.
"""
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

KILLS, SEED = 50, int(time.time())
MARK = f"WIREBENCH_TEST_MARK={os.getpid()}"


def rows(command):
    return json.loads(case.must(*command.split()) or "[]")


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


def marked_processes():
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if MARK.encode() in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
        except OSError:
            pass  # ended meanwhile
    return found


def left_over(before):
    now = kernel_state()
    return {kind: now[kind] - before[kind] for kind in now if now[kind] - before[kind]}


def kill_one(job, after_s):
    name, _, value = MARK.partition("=")
    with gen.start(job, env={**os.environ, name: value}) as run:
        time.sleep(after_s)
        case.expect(run.child.poll() is None, f"ended by itself:\n{run}")
        run.stop(signal.SIGKILL)
    case.wait_until(lambda: not marked_processes(), 5, lambda: f"left: {marked_processes()}")


def check_file(db, job):
    """Whole, and each killed run is interrupted: by derivation first, then as written."""
    states = Results(db).states()
    print(f"{len(states)} of {KILLS} runs had begun their row")
    case.expect(len(states) > KILLS / 4, "hardly a run got as far as the database")
    with sqlite3.connect(db) as opened:
        case.expect_equal(opened.execute("PRAGMA integrity_check").fetchone()[0], "ok", "integrity")
    listed = gen.analyze("--db", db, "--list")
    case.expect_equal(listed.count("interrupted"), len(states), "runs listed as interrupted")
    gen.run(job, "--duration=1s")
    case.expect_equal(Results(db).states(), ["interrupted"] * len(states) + ["done"], "states")


def test():
    case.need_capabilities()
    case.need_programs("bpftool", "ip", "lsns")
    print(f"seed {SEED}")
    draw = random.Random(SEED)
    with case.scratch() as folder:
        db = folder / "results.db"
        job = gen.job(folder, wire="lab", connections=100, duration="30s", interval="100ms", db=db)
        before = kernel_state()
        for _ in range(KILLS):
            kill_one(job, draw.uniform(0.05, 1.5))
        case.wait_until(lambda: not left_over(before), 20, lambda: f"left over: {left_over(before)}")
        check_file(db, job)


case.main(test)
