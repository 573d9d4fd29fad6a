# SPDX-License-Identifier: BSD-3-Clause
"""Readers that look all the time while a run writes: each look is consistent, none is told "busy".

One keeps its connection and waits for nobody (timeout 0), one opens the file anew each time, one is
`analyze`, one follows, one takes the run out of the file as it goes, one keeps a snapshot for long.
"""
import contextlib
import sqlite3

import case
import gen
from results import Results

INTERVAL_S = 0.1
CLOSED = """
SELECT (SELECT ifnull(sum(latency_count), 0) FROM interval)
       = (SELECT ifnull(sum(count), 0) FROM hist WHERE time = 'latency')
   AND (SELECT ifnull(sum(completed), 0) FROM interval)
       = (SELECT ifnull(sum(value), 0) FROM counter_total WHERE kind = 'counter' AND name = 'completed'),
   (SELECT count(*) FROM interval), (SELECT state FROM run)"""


def look(connection):
    """One snapshot: whether its sums close, how many intervals, the state."""
    closed, intervals, state = connection.execute(CLOSED).fetchone()
    case.expect(closed, "sums of one snapshot differ")
    return intervals, state


def opened(db, **options):
    return contextlib.closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True, **options))


def look_anew(db):
    with opened(db) as connection:
        return look(connection)


class Frozen:
    """A reader that keeps one snapshot over several looks of the others, and the log from ending."""

    def __init__(self, connection):
        self.connection, self.first = connection, None

    def look(self, number):
        if number % 8 == 0:
            if self.first:
                self.connection.execute("COMMIT")
            self.connection.execute("BEGIN")
            self.first = look(self.connection)
        case.expect_equal(look(self.connection), self.first, "a second look in the same snapshot")


def heavy(connection):
    """Every byte of histograms and samples, and every view."""
    for sql in ("SELECT count(*), sum(length(blob)) FROM hist", "SELECT sum(length(data)) FROM sample_block",
                "SELECT count(*) FROM counter_total", "SELECT * FROM interval_summary",
                "SELECT * FROM run_summary", "SELECT * FROM trend"):
        connection.execute(sql).fetchall()


def read_until_it_ends(db, folder):
    """How often each reader looked, and what it saw grow."""
    looks, seen = 0, set()
    with opened(db, timeout=0, isolation_level=None) as kept, \
            opened(db, timeout=0, isolation_level=None) as held:
        frozen = Frozen(held)
        while True:
            frozen.look(looks)
            heavy(kept)
            intervals, state = look(kept)
            case.expect(intervals >= max(seen, default=0), "intervals went away again")
            seen.add(intervals)
            look_anew(db)
            if state != "running":
                return looks, seen
            report = case.execute(case.ANALYZE, "--db", db, "--text")
            case.expect(report.code in (5, *gen.WELL_OR_LATE), str(report))
            out = folder / f"{looks}.db"
            gen.analyze("--db", db, "--db-export", 1, out)
            gen.analyze("--db", out, "--db-check")
            looks += 1


def has_run(db):
    if not db.exists() or not db.stat().st_size:
        return False
    with contextlib.suppress(sqlite3.OperationalError), opened(db) as connection:
        return connection.execute("SELECT count(*) FROM run").fetchone()[0] == 1
    return False  # not yet made


def check_follower(follower, run_periods):
    follower.wait(30)
    lines = follower.out.splitlines()
    case.expect_equal(follower.code, 0, f"exit code of --follow:\n{follower}")
    case.expect_equal(len(lines), 2 + run_periods + 1, f"lines of --follow:\n{follower}")
    case.expect(" is done" in lines[-1], str(follower))


def test():
    with case.scratch() as folder:
        db = folder / "results.db"
        job = gen.job(folder, wire="pair", connections=50, rate="5000/s", duration="4s",
                      interval=f"{INTERVAL_S}s", db=db)
        with gen.start(job) as run:
            case.wait_until(lambda: has_run(db), 10, lambda: f"no run began:\n{run}")
            with case.Process([case.ANALYZE, "--db", db, "--follow"]) as follower:
                looks, seen = read_until_it_ends(db, folder)
                run.wait(30)
                case.expect(run.code in gen.WELL_OR_LATE, f"the run failed:\n{run}")
                found = Results(db).check_whole()
                periods = found.query("SELECT count(*) FROM (SELECT DISTINCT seq, phase_id FROM interval)")
                if run.code == 0:
                    check_follower(follower, periods[0][0])
        print(f"{looks} looks, {len(seen)} states of the file seen")
        case.expect(looks >= 3 and len(seen) >= 3, "the readers hardly looked")
        case.expect_equal(found.column("lost_intervals"), 0, "lost intervals")


case.main(test)
