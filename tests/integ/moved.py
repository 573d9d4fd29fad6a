# SPDX-License-Identifier: BSD-3-Clause
"""A neighbour whose MAC changes in the middle of a run, without a word: it is asked for, and followed.

One connection with nothing of the kernel's under way, so that the kernel has no reason to ask for us.
"""
import signal

import case
import gen
import lab
from results import Results, while_running

ELSEWHERE = "02:00:00:00:77:99"
RATE = 50  # a second: each reply is acknowledged before the next request


def completed(db):
    return while_running(lambda: Results(db).sum("completed"), 0)


def until_completed(run, db, count):
    case.wait_until(lambda: completed(db) >= count or run.child.poll() is not None, 20,
                    lambda: f"{completed(db)} transactions and no more:\n{run}")
    return completed(db)


def moves(box, folder, ip):
    """After the second in which a neighbour that is new may not move again. All is answered, later."""
    db = folder / f"{ip}.db"
    job = gen.job(folder, rate=f"{RATE}/s", interval="100ms", rto_min="20ms", delack="2ms", timeout="10s", queue_max="10s",
                  db=db, **gen.over_xdp(ip=ip))
    before = case.must("cat", f"/sys/class/net/{lab.FAR_IFACE}/address", namespace=box.far).strip()
    with gen.server(box, ip=ip), gen.start(job, namespace=box.near) as run:
        until_completed(run, db, RATE)
        case.must("ip", "link", "set", lab.FAR_IFACE, "address", ELSEWHERE, namespace=box.far)
        until_completed(run, db, completed(db) + RATE // 2)
        run.stop(signal.SIGINT)
    case.must("ip", "link", "set", lab.FAR_IFACE, "address", before, namespace=box.far)
    found = Results(db).check_all_completed()
    case.expect_equal(found.counter("neighbours_moved"), 1, f"neighbours that moved, IPv{ip}")
    case.expect(found.counter("rto_fired") > 1, "it was not found out by time-outs")


def test():
    with lab.Lab(ip6=True) as box, case.scratch() as folder:
        for ip in 4, 6:
            moves(box, folder, ip)


case.main(test)
