# SPDX-License-Identifier: BSD-3-Clause
"""Copies of a results file that were made wrongly, while a run wrote it or after it was killed:
`analyze` and --db-check name them; right copies are not complained of."""
import shutil
import signal
import sqlite3

import case
import gen
from results import Results, while_running

COPY, DIED, NO_LOG = "this file is a copy", "its process ended", "no log (-wal) beside it"


def answers(db):
    """What analyze and what --db-check say, with their exit codes."""
    shown, checked = (case.execute(case.ANALYZE, "--db", db, *more) for more in ([], ["--db-check"]))
    case.expect(shown.code in (2, 4) and checked.code in (0, 2), f"{shown}{checked}")
    return [(" ".join((p.out + p.err).split()), p.code) for p in (shown, checked)]


def named(what, db, *words):
    """By both of them."""
    for text, code in answers(db):
        case.expect(any(word in text for word in words), f"{what}: not named:\n{text}")
        print(f"{what}: exit {code}: {text[:150]}")


def not_complained_of(what, db, code=0):
    shown = case.execute(case.ANALYZE, "--db", db)
    case.expect(shown.code in ((0, 6) if code == 0 else (code,)), f"{what}: {shown}")
    checked = gen.analyze("--db", db, "--db-check")
    text = shown.out + checked
    case.expect("a copy" not in text and "no log" not in text, f"{what}: complained of:\n{text}")


def log_bytes(db):
    wal = db.with_name(db.name + "-wal")
    return wal.stat().st_size if wal.exists() else 0


def log_salt(db):
    """Changes as the log begins anew (SQLite file format 4.1)."""
    with open(db.with_name(db.name + "-wal"), "rb") as wal:
        return wal.read(24)[16:]


def committed(db):
    return Results(db).query("SELECT count(*), (SELECT count(*) FROM sample_block) FROM interval")[0]


def begun(db):
    return while_running(lambda: committed(db)[0] > 3, False)


def copy(db, name, *suffixes):
    folder = db.parent / name
    folder.mkdir()
    for suffix in suffixes:
        shutil.copy(db.with_name(db.name + suffix), folder / (db.name + suffix))
    return folder / db.name


def while_it_runs(db, run):
    case.wait_until(lambda: begun(db), 20, lambda: f"no run began:\n{run}")
    good = db.with_name("good.db")
    gen.analyze("--db", db, "--db-export", 1, good)
    shown = " ".join(gen.analyze("--db", good, code=4).split())
    case.expect("while the run was going on; kept:" in shown and NO_LOG not in shown, shown)
    gen.analyze("--db", good, "--db-check")
    # Until the log was first taken in, the file alone is empty; from then on it is an older state.
    case.wait_until(lambda: db.stat().st_size > 1_000_000, 60, lambda: "the log was never taken in")
    named("the file alone, copied during the run", copy(db, "alone", ""), COPY, "DAMAGED", "malformed")
    named("file and log, one after the other", copy(db, "both", "", "-wal"), COPY, "DAMAGED", "malformed")
    early, salt = copy(db, "mixed", ""), log_salt(db)
    for _ in range(2):  # so that what lies between file and log is in neither
        case.wait_until(lambda: log_salt(db) != salt, 60, lambda: "the log did not begin anew")
        salt = log_salt(db)
    shutil.copy(db.with_name(db.name + "-wal"), early.with_name(early.name + "-wal"))
    named("the file of one moment, the log of another", early, COPY, "DAMAGED", "malformed")


def after_it_was_killed(db, folder):
    """Small and slow, so that most of it is still in the log."""
    job = gen.job(folder, "killed", wire="pair", connections=20, rate="500/s", duration="20s", interval="100ms",
                  db=db)
    with gen.start(job) as run:
        case.wait_until(lambda: begun(db), 20, lambda: f"no run began:\n{run}")
        run.stop(signal.SIGKILL)
    case.expect(log_bytes(db) > 0, "the log of the killed run is gone")
    (text, shown), (_, checked) = answers(copy(db, "whole", "", "-wal"))
    case.expect((shown, checked) == (4, 0) and DIED in text and NO_LOG not in text, text)
    named("killed, copied without its log", copy(db, "lost", ""), NO_LOG, "made without its log")
    with sqlite3.connect(db) as opened:  # the last that closes it takes the log in
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    named("killed, its log taken in by another program", copy(db, "taken", ""), DIED)


def test():
    with case.scratch() as folder:
        db = folder / "results.db"
        job = gen.job(folder, wire="pair", connections=20, rate="60000/s", duration="100s", interval="100ms", db=db)
        with gen.start(job) as run:
            while_it_runs(db, run)
            run.stop()
        gen.run(job, "--duration=300ms", "--rate=1000", code=gen.WELL_OR_LATE)
        not_complained_of("copied after it was closed", copy(db, "closed", ""))
        after_it_was_killed(folder / "killed.db", folder)


case.main(test)
