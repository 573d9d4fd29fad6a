# SPDX-License-Identifier: BSD-3-Clause
"""A generator that could not keep its schedule says so: stalled, with a full ring, on a starved core,
its run is invalid. A run that kept it is valid, however slow the peer was.

6 of each kind of judgement; `soak` makes them 50. Seeded: which fault, when, how much of it. A good
run is held to that only where the machine let it: its worker's thread waited less than 4 ms in all for
its core (schedstat), which is a hundredth of the time; one that waited longer is made again. Where
one was disturbed each time, the test is skipped: too little is known of good runs.
"""
import contextlib
import os
import pathlib
import random
import signal
import sqlite3
import time

import case
import gen
from results import Results

COUNT = 6 if case.SOAK == 1 else 50
SEED = 20260
BUSY = "while :; do :; done"
MOST_WAITED_NS, TRIES = 4_000_000, 2 if case.SOAK == 1 else 10


def job(folder, name, **keys):
    return gen.job(folder, name, **{"wire": "pair", "rate": 5000, "duration": "400ms", "connections": 200,
                                    "timeout": "20s", "interval": "100ms", "db": folder / f"{name}.db", **keys})


def verdict(folder, name):
    found = Results(folder / f"{name}.db")
    return found, found.column("valid"), found.column("invalid_reason")


# --- bad -------------------------------------------------------------------------------------------

@contextlib.contextmanager
def hogs(cpu, count):
    """Loops on one core, which its worker has to share."""
    with contextlib.ExitStack() as all_of_them:
        for _ in range(count):
            all_of_them.enter_context(case.Process(["taskset", "-c", cpu, "sh", "-c", BUSY]))
        yield


def measures(db):
    """Whether the measured phase has begun (its row is written a moment before)."""
    with contextlib.suppress(sqlite3.Error), \
            contextlib.closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as file:
        return file.execute("SELECT count(*) FROM phase WHERE kind = 'measure'").fetchone()[0] > 0
    return False


def stalled(folder, name, draw):
    """Stopped by a signal in the middle of the measured time."""
    process = gen.start(job(folder, name, duration="600ms"))
    case.wait_until(lambda: measures(folder / f"{name}.db"), 20, lambda: str(process))
    time.sleep(0.05 + 0.2 * draw.random())
    process.send(signal.SIGSTOP)
    time.sleep(0.05 + 0.1 * draw.random())
    process.send(signal.SIGCONT)
    process.wait(30)


def full_ring(folder, name, draw):
    """A transmit ring of 64 frames whose far end gets its core now and then only."""
    far = draw.choice(cpus())
    near = [cpu for cpu in cpus() if cpu != far][0]
    with hogs(far, draw.randint(3, 6)):
        gen.run(job(folder, name, rate=draw.randint(30, 60) * 1000, connections=5000, ring_size=64, protocol="echo",
                    cpus=f"{near},{far}"), code=None)


def starved_core(folder, name, draw):
    """Several loops on the worker's own core."""
    cpu = draw.choice(cpus())
    far = [other for other in cpus() if other != cpu][0]
    with hogs(cpu, draw.randint(3, 6)):
        gen.run(job(folder, name, cpus=f"{cpu},{far}"), code=None)


def cpus():
    return sorted(os.sched_getaffinity(0))


def bad(folder, number):
    draw = random.Random(SEED + number)
    fault = (stalled, full_ring, starved_core)[number % 3]
    name = f"bad{number}"
    fault(folder, name, draw)
    _, valid, reason = verdict(folder, name)
    case.expect(valid == 0 and reason, f"{name}, {fault.__name__}: valid = {valid}")
    print(f"{name} {fault.__name__}: {reason}", flush=True)


# --- good ------------------------------------------------------------------------------------------

def shaped(draw):
    shape = draw.choice(("constant", "poisson", "sine", "burst"))
    return {"shape": shape, "rate": draw.randint(3000, 8000), "payload": draw.choice((64, 1024, 16384)), "protocol": "echo"}


def slow_peer(draw):
    """Replies after 10 to 30 ms on connections that are too few: the queue grows, and is given up.
    They complete 1,000 and more, so that lateness has its p99."""
    delay_ms = draw.randint(10, 30)
    return {"shape": draw.choice(("constant", "poisson", "sine")), "rate": draw.randint(6000, 9000), "protocol": "echo",
            "connections": 4 * delay_ms, "queue_max": "100ms", "fault_rx": f"delay={delay_ms}ms"}


def waited_ns(pid):
    """How long the client's thread was ready to run and had no core; 0 while there is none."""
    with contextlib.suppress(OSError):
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            if (task / "comm").read_text().strip() == "client":
                return int((task / "schedstat").read_text().split()[1])
    return 0


def run_watched(path):
    """Runs a job; how long its worker waited for its core, as far as was seen."""
    process, waited = gen.start(path), 0
    while process.child.poll() is None:
        waited = max(waited, waited_ns(process.child.pid))
        time.sleep(0.01)
    case.expect(process.code is not None and process.code not in (2, 3, 4), str(process))
    return waited


def good(folder, number):
    """Every second one has a slow peer. What the machine disturbed is tried again; whether one was judged."""
    for attempt in range(TRIES):
        draw = random.Random(SEED + number)
        name = f"good{number}_{attempt}"
        waited = run_watched(job(folder, name, **(slow_peer if number % 2 else shaped)(draw)))
        found, valid, reason = verdict(folder, name)
        if valid == 1:
            given_up = found.counter("not_sent", "result")
            print(f"{name}: valid, {found.sum('started')} started, {given_up} not sent", flush=True)
            return True
        case.expect(waited >= MOST_WAITED_NS, f"{name} is invalid although its worker had its core but for "
                                              f"{waited} ns: {reason}")
    print(f"{name}: the machine was too busy {TRIES} times: {reason}", flush=True)
    case.expect(case.SOAK == 1, "50 good runs need a machine of their own")
    return False


def test():
    if len(cpus()) < 2:
        case.skip("needs two processors")
    case.need_programs("taskset")
    judged = 0
    with case.scratch() as folder:
        for number in range(COUNT):
            bad(folder, number)
            judged += good(folder, number)
    if judged < COUNT:
        case.skip(f"the machine was too busy for {COUNT - judged} of {COUNT} good runs; the {COUNT} bad ones are invalid")


case.main(test)
