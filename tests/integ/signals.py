# SPDX-License-Identifier: BSD-3-Clause
"""SIGINT and SIGTERM end a run in order and keep its data; a second signal ends it at once."""
import os
import signal
import time

import case
import gen
import lab
from results import Results


RUN_ENDED_EARLY = 4  # what analyze says of it


def end_by(folder, number, code, group=False):
    """A run of a minute, told to end after two seconds."""
    db = folder / f"{number.name}{group}.db"
    job = gen.job(folder, wire="lab", connections=50, interval="200ms", db=db)
    with gen.start(job, start_new_session=True) as run:
        time.sleep(2)
        if group:  # as a terminal does for Ctrl-C: the lab's peer process gets it too
            os.killpg(run.child.pid, number)
        else:
            run.send(number)
        case.expect_equal(run.wait(10), code, f"exit code after {number.name}")
    found = Results(db).check_whole()
    case.expect(found.sum("completed") > 0, "nothing of two seconds was kept")
    case.expect(found.column("ended_ns") is not None, "the run has no end")
    case.expect(found.column("state") in ("aborted", "interrupted"),
                f"state of a run ended by {number.name}: {found.column('state')}")
    gen.analyze("--db", db, code=RUN_ENDED_EARLY)


def second_ends_at_once(folder):
    """Drain waits for replies that never come, up to a minute; the second signal does not."""
    db = folder / "second.db"
    with lab.Lab() as box, gen.server(box, mode="silent"):
        job = gen.job(folder, connections=10, timeout="60s", drain="60s", db=db, **gen.over_xdp())
        with gen.start(job, namespace=box.near) as run:
            time.sleep(2)
            run.send(signal.SIGINT)
            time.sleep(1)
            case.expect(run.child.poll() is None, f"did not drain:\n{run}")
            begin = time.monotonic()
            run.send(signal.SIGINT)
            case.expect_equal(run.wait(10), 130, "exit code after the second signal")
            case.expect(time.monotonic() - begin < 3, "the second signal did not end it at once")
    case.expect("1" in gen.analyze("--db", db, "--list"), "the file does not open")


def test():
    case.need_capabilities()
    with case.scratch() as folder:
        end_by(folder, signal.SIGINT, 130)
        end_by(folder, signal.SIGTERM, 143)
        end_by(folder, signal.SIGINT, 130, group=True)
        second_ends_at_once(folder)


case.main(test)
