# SPDX-License-Identifier: BSD-3-Clause
"""Our client against the kernel's TCP: 50,000 messages of 1 B to 64 KiB, nothing lost or changed.

The client checks every byte that comes back, the server counts what it saw; both counts agree.
The kernel's own ping and TCP on the same interface go on undisturbed meanwhile.
"""
import random

import beside
import case
import gen
import lab
from results import Results

RUNS, MESSAGES = 25, 2000 * case.SOAK
SIZES = [1, 2, 64 << 10]  # the ends for certain, the rest log-uniform


def sizes():
    draw = random.Random(50_000)
    return SIZES + [int(2 ** draw.uniform(0, 16)) for _ in range(RUNS - len(SIZES))]


def echo(box, folder, payload):
    """One run against a server of its own; the counts of both sides must agree."""
    job = gen.job(folder, connections=8, depth=2, payload=payload, transactions=MESSAGES,
                  db=folder / "results.db", **gen.over_xdp())
    with gen.server(box) as server:
        gen.run(job, namespace=box.near, seconds=90 * case.SOAK)
        seen = gen.counts(server)
    found = Results(folder / "results.db").check_all_completed(MESSAGES)
    case.expect_equal(found.sum("payload_sent_bytes"), MESSAGES * payload, "payload sent")
    case.expect_equal(found.sum("payload_received_bytes"), MESSAGES * payload, "payload received")
    case.expect_equal(seen["bytes_in"], MESSAGES * payload, f"the server's bytes in ({payload} B)")
    case.expect_equal(seen["bytes_out"], MESSAGES * payload, "the server's bytes out")
    case.expect_equal(seen["accepted"], found.sum("connects_completed"), "connections")


def line(box, folder):
    job = gen.job(folder, protocol="line", connections=8, payload=300, transactions=MESSAGES,
                  db=folder / "results.db", **gen.over_xdp())
    with gen.server(box, mode="line") as server:
        gen.run(job, namespace=box.near)
        seen = gen.counts(server)
    Results(folder / "results.db").check_all_completed(MESSAGES)
    case.expect_equal(seen["lines"], MESSAGES, "lines that the server answered")


def discard(box, folder):
    job = gen.job(folder, protocol="discard", connections=4, payload=5000, transactions=MESSAGES,
                  db=folder / "results.db", **gen.over_xdp())
    with gen.server(box, mode="discard") as server:
        gen.run(job, namespace=box.near)
        seen = gen.counts(server)
    Results(folder / "results.db").check_whole()
    case.expect_equal(seen["bytes_in"], MESSAGES * 5000, "bytes that the server threw away")


def undisturbed(box, folder):
    """A run of fixed time with the kernel's traffic beside it."""
    job = gen.job(folder, connections=16, payload=1000, duration="5s", rate="5000/s",
                  db=folder / "results.db", **gen.over_xdp())
    with gen.server(box), beside.ping(box), gen.start(job, namespace=box.near) as run:
        beside.transfer(box.far, box.near, lab.NEAR_KERNEL)
        beside.transfer(box.near, box.far, lab.FAR_KERNEL)
        case.expect(run.child.poll() is None, f"the run ended before the transfers:\n{run}")
        case.expect(run.wait(60) in gen.WELL_OR_LATE, str(run))
    Results(folder / "results.db").check_all_completed()


def test():
    with lab.Lab() as box, case.scratch() as folder:
        case.need_programs("ping")
        for payload in sizes():
            echo(box, folder, payload)
        line(box, folder)
        discard(box, folder)
        undisturbed(box, folder)


case.main(test)
