# SPDX-License-Identifier: BSD-3-Clause
"""SIGKILL at random moments of runs on the pair wire: the file stays whole and loses little.

40 times here, 200 times in `soak`. Of each run that had begun: the file is not corrupt, the run is
interrupted, whole intervals only, and the last of them ended at most a second and an interval ago.
"""
import random
import signal
import sqlite3
import time

import case
import gen
from results import Results

KILLS, SEED = (40 if case.SOAK == 1 else 200), int(time.time())
LATE_EVERY = 8  # each eighth kill comes later: a run shorter than a second cannot lose a second
INTERVAL_S, LOST_MAX_S = 0.1, 1.0


def kill_one(job, after_s):
    """When it was killed, as Unix time; -1 when it had ended by itself."""
    with gen.start(job) as run:
        time.sleep(after_s)
        case.expect(run.child.poll() is None, f"ended by itself:\n{run}")
        killed_at = time.time()
        run.stop(signal.SIGKILL)
    return killed_at


def check_file(db):
    """As anybody's sqlite3 sees it, without help of ours."""
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as opened:
        def one(sql):
            return opened.execute(sql).fetchone()[0]
        case.expect_equal(one("PRAGMA integrity_check"), "ok", "integrity")
        case.expect_equal(opened.execute("PRAGMA foreign_key_check").fetchall(), [], "references")
        case.expect_equal(one("SELECT ifnull(sum(latency_count), 0) FROM interval"),
                          one("SELECT ifnull(sum(count), 0) FROM hist WHERE time = 'latency'"),
                          "latencies of intervals, those in histograms")


def lost_s(db, run_id, killed_at):
    """Time between the run's last stored interval and its death; None before its first phase."""
    found = Results(db, run_id)
    begun, last = found.query("SELECT (SELECT min(started_ns) FROM phase WHERE run_id = ?1), "
                              "(SELECT max(ended_ns) FROM interval WHERE run_id = ?1)", run_id)[0]
    return None if begun is None else killed_at - (last or begun) / 1e9


def runs_in(db):
    return len(Results(db).states()) if db.exists() and db.stat().st_size else 0


def kill_all(job, db):
    draw, losses, before = random.Random(SEED), [], 0
    for n in range(KILLS):
        late = n % LATE_EVERY == LATE_EVERY - 1
        killed_at = kill_one(job, draw.uniform(1.5, 2.5) if late else draw.uniform(0.05, 1.0))
        if not db.exists() or not db.stat().st_size:
            continue
        gen.analyze("--db", db, "--db-check") if runs_in(db) else None
        check_file(db)
        now = runs_in(db)
        loss = lost_s(db, now, killed_at) if now > before else None
        if loss is not None:
            losses.append(loss)
        before = now
    return losses


def test():
    print(f"seed {SEED}")
    with case.scratch() as folder:
        db = folder / "results.db"
        job = gen.job(folder, wire="pair", connections=50, rate="2000/s", duration="30s",
                      interval=f"{INTERVAL_S}s", db=db)
        losses = sorted(kill_all(job, db))
        begun = runs_in(db)
        print(f"{KILLS} kills, {begun} runs begun, {len(losses)} had a phase; lost at most "
              f"{losses[-1]:.3f} s, half of them at most {losses[len(losses) // 2]:.3f} s")
        case.expect(begun > KILLS / 4, "hardly a run got as far as the database")
        case.expect(losses[-1] <= LOST_MAX_S + INTERVAL_S, f"lost {losses[-1]:.3f} s")
        case.expect_equal(gen.analyze("--db", db, "--list").count("interrupted"), begun,
                          "runs listed as interrupted")
        gen.run(job, "--duration=200ms", "--rate=100/s", code=gen.WELL_OR_LATE)
        case.expect_equal(Results(db).states(), ["interrupted"] * begun + ["done"], "states")


case.main(test)
