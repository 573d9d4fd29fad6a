# SPDX-License-Identifier: BSD-3-Clause
"""SIGKILL at random moments of runs on the pair wire: the file stays whole and loses little.

40 times here, 200 times in `soak kill_pair`. After each: the file is not corrupt, by SQLite's own
check and by --db-check; whole intervals only; what a reader saw a moment before the kill is still
there; every raw block can be read; and of intervals, of raw samples and of the transactions that
the rate had started by then, at most the last second (and one interval) is missing.
"""
import random
import signal
import sqlite3
import subprocess
import time

import case
import gen
from results import Results, while_running

KILLS, SEED = (40 if case.SOAK == 1 else 200), int(time.time())
RATE, INTERVAL_S, LOST_MAX_S = 2000, 0.1, 1.0
LATE_EVERY = 8    # each eighth kill comes later: a run shorter than a second cannot lose a second
ENDING_EVERY = 5  # each fifth strikes while a short run ends: summaries, verdicts, the last commit
EXTENSION = case.BUILD / "db" / "wirebench.so"

SEEN = "SELECT count(*), ifnull(max(ended_ns), 0) FROM interval WHERE run_id = (SELECT max(id) FROM run)"
LAST = """
SELECT (SELECT min(started_ns) FROM phase WHERE run_id = r.id),
       (SELECT max(ended_ns) FROM interval WHERE run_id = r.id),
       (SELECT min(started_ns) FROM phase WHERE run_id = r.id AND measured),
       (SELECT max(ended_ns) FROM sample_block WHERE run_id = r.id),
       (SELECT ifnull(sum(started), 0) FROM interval WHERE run_id = r.id),
       (SELECT ifnull(sum(count), 0) FROM sample_block WHERE run_id = r.id), r.state
FROM run r WHERE r.id = ?"""
BLOCKS = """
SELECT count(*), ifnull(sum(count), 0), (SELECT count(*) FROM sample WHERE run = (SELECT max(id) FROM run)),
       ifnull(sum(sample_damage(format, count, crc, data) IS NOT NULL), 0)
FROM sample_block WHERE run_id = (SELECT max(id) FROM run)"""


class Losses:
    """Seconds lost of each kind, over all kills."""

    def __init__(self):
        self.of = {"intervals": [], "raw samples": [], "transactions": []}

    def add(self, kind, seconds):
        case.expect(seconds <= LOST_MAX_S + INTERVAL_S, f"{seconds:.3f} s of {kind} were lost")
        self.of[kind].append(max(0.0, seconds))

    def __str__(self):
        lines = []
        for kind, lost in self.of.items():
            lost.sort()
            lines.append(f"  {kind}: {len(lost)} kills, lost at most {lost[-1]:.3f} s, half of them at most "
                         f"{lost[len(lost) // 2]:.3f} s" if lost else f"  {kind}: never measured")
        return "\n".join(lines)


def look(db):
    """What anybody can read now: number of the last run's intervals and up to when."""
    def ask():
        with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as opened:
            return opened.execute("SELECT ifnull(max(id), 0) FROM run").fetchone() + \
                   opened.execute(SEEN).fetchone()
    return while_running(ask, (0, 0, 0))


def kill_one(job, db, after_s, *more):
    """When it was killed, as Unix time, and what a reader had seen; None: it ended by itself."""
    with gen.start(job, *more) as run:
        time.sleep(after_s)
        seen = look(db)
        if run.child.poll() is not None:
            return None, seen
        killed_at = time.time()
        run.stop(signal.SIGKILL)
    return killed_at, seen


def readable_blocks(db):
    """Every raw block of the last run unpacks, in the stock shell."""
    if b"__asan_" in EXTENSION.read_bytes():
        return  # the shell cannot load a sanitized extension
    done = subprocess.run(["sqlite3", "-bail", "-noheader", "-list", db, f".load {EXTENSION}", BLOCKS],
                          capture_output=True, text=True, check=False)
    case.expect(done.returncode == 0, done.stderr)
    _, packed, unpacked, damaged = (int(v) for v in done.stdout.split("|"))
    case.expect_equal((unpacked, damaged), (packed, 0), "samples unpacked, blocks damaged")


def check_file(db, seen):
    """As anybody's sqlite3 sees it, without help of ours; then with."""
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as opened:
        def one(sql):
            return opened.execute(sql).fetchone()[0]
        case.expect_equal(one("PRAGMA integrity_check"), "ok", "integrity")
        case.expect_equal(opened.execute("PRAGMA foreign_key_check").fetchall(), [], "references")
        case.expect_equal(one("SELECT ifnull(sum(latency_count), 0) FROM interval"),
                          one("SELECT ifnull(sum(count), 0) FROM hist WHERE time = 'latency'"),
                          "latencies of intervals, those in histograms")
    now = look(db)
    case.expect(now >= seen, f"a reader had seen {seen}, after the kill it is {now}")


def measure(db, run_id, killed_at, losses):
    """How much of the run that was killed is missing."""
    begun, last, measuring, sampled, started, samples, state = Results(db).query(LAST, run_id)[0]
    if begun is None or state == "done":
        return
    losses.add("intervals", killed_at - (last or begun) / 1e9)
    if measuring is None or killed_at < measuring / 1e9:
        return
    losses.add("raw samples", killed_at - (sampled or measuring) / 1e9)
    due = RATE * (killed_at - measuring / 1e9)
    losses.add("transactions", (due - max(started, samples)) / RATE)


def runs_in(db):
    return while_running(lambda: len(Results(db).states()), 0)  # killed before its row was there: none


def moment(draw, n):
    """Seconds into the run, and what makes the run short."""
    if n % LATE_EVERY == LATE_EVERY - 1:
        return draw.uniform(1.5, 2.5), []
    if n % ENDING_EVERY == ENDING_EVERY - 1:
        return draw.uniform(0.35, 0.7), ["--duration=300ms"]
    return draw.uniform(0.05, 1.0), []


def kill_all(job, db, losses):
    draw, before, ended = random.Random(SEED), 0, 0
    for n in range(KILLS):
        after_s, more = moment(draw, n)
        killed_at, seen = kill_one(job, db, after_s, *more)
        ended += killed_at is None
        now = runs_in(db)
        if not now:
            continue
        gen.analyze("--db", db, "--db-check")
        check_file(db, seen)
        readable_blocks(db)
        if now > before and killed_at:
            measure(db, now, killed_at, losses)
        before = now
    return ended


def test():
    print(f"seed {SEED}")
    losses = Losses()
    with case.scratch() as folder:
        db = folder / "results.db"
        job = gen.job(folder, wire="pair", connections=50, rate=f"{RATE}/s", duration="30s",
                      interval=f"{INTERVAL_S}s", db=db)
        ended = kill_all(job, db, losses)
        begun, states = runs_in(db), Results(db).states()
        print(f"{KILLS} times: {begun} runs begun, {ended} had ended by themselves\n{losses}")
        case.expect(begun > KILLS / 4, "hardly a run got as far as the database")
        listed = gen.analyze("--db", db, "--list")
        killed = begun - states.count("done")
        case.expect_equal(listed.count("interrupted"), killed, "runs listed as interrupted")
        case.expect("kept: " in gen.analyze("--db", db, "--run", states.index("interrupted") + 1, code=4),
                    "analyze does not say what was kept")
        gen.run(job, "--duration=200ms", "--rate=100/s", code=gen.WELL_OR_LATE)
        case.expect_equal(Results(db).states().count("interrupted"), killed, "states")


case.main(test)
