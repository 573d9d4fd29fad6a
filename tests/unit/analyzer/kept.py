# SPDX-License-Identifier: BSD-3-Clause
"""Files of every schema that ever was open, list and summarise: kept.py ANALYZE FOLDER.

FOLDER holds schema_N.db.gz as tests/lib/keep_db.py makes them. Its figures must be what its own tables
say: as a reader sees them, who leaves every byte as it is, and after a writer has migrated it.
"""
import contextlib
import gzip
import hashlib
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

ANALYZE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])


def unpacked(db):
    db.write_bytes(gzip.decompress(min(FOLDER.glob("schema_*.db.gz")).read_bytes()))
    return db


def analyze(db, *options, code=0):
    done = subprocess.run([ANALYZE, "--db", db, *options], capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{options}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def read(db, sql):
    with contextlib.closing(sqlite3.connect(db)) as opened:
        return opened.execute(sql).fetchone()


def before(db):
    """What the file says about itself, in columns that schema 1 has and nobody may take away."""
    completed, = read(db, "SELECT sum(i.completed) FROM interval i JOIN phase p ON p.id = i.phase_id "
                          "WHERE p.measured")
    uuid, workload, p50_ns, count = read(db, "SELECT uuid, workload_id, p50_ns, count FROM run r JOIN "
                                             "summary s ON s.run_id = r.id WHERE s.phase_id IS NULL "
                                             "AND s.time = 'latency'")
    return {"run_uuid": uuid, "workload_id": workload, "transactions": completed,
            "latency_count": count, "latency_p50_us": p50_ns / 1e3}


def figures(db, wanted):
    said = json.loads(analyze(db, "--json"))
    assert {name: said[name] for name in wanted} == wanted, f"{db.name}: {wanted}"
    assert wanted["run_uuid"][:6] in analyze(db, "--list")
    assert "PASS" in analyze(db)
    return said


def run_twice(db):
    """A second run, the same but for its uuid, and the first one as a baseline, in the file's own columns."""
    moved = {"id": "id + 1000000", "run_id": "run_id + 1000000", "phase_id": "phase_id + 1000000",
             "interval_id": "interval_id + 1000000", "uuid": "upper(uuid)"}
    with contextlib.closing(sqlite3.connect(db)) as opened:
        for table in ("run", "phase", "interval", "summary", "hist", "environment", "counter"):
            names = [row[1] for row in opened.execute(f"PRAGMA table_info({table})")]
            opened.execute(f"INSERT INTO {table} ({', '.join(names)}) "
                           f"SELECT {', '.join(moved.get(name, name) for name in names)} FROM {table}")
        opened.execute("INSERT INTO baseline (name, run_id, set_ns) VALUES ('first', 1, 1)")
        opened.commit()




def reading(db, wanted, today):
    """Everything that reads, by a file that nobody may write and that stays as it is."""
    digest = hashlib.sha256(db.read_bytes()).digest()
    said = figures(db, wanted)
    for options in (["--markdown"], ["--by", "phase"], ["--list-baselines"], ["--list-analyses"],
                    ["--plot", db.parent / "charts"], ["--html", db.parent / "one.html"], ["--db-check"],
                    ["--db-export", "1", db.with_name("one.db")]):
        analyze(db, *options)
    figures(db.with_name("one.db"), wanted)
    db.with_name("one.db").unlink()
    assert hashlib.sha256(db.read_bytes()).digest() == digest, f"{db.name}: a reader wrote into it"
    if not today:
        reading_verdicts(db)
    return said


def reading_verdicts(db):
    """A verdict is told, and not stored: that would migrate the file."""
    twice = db.with_name("twice.db")
    twice.write_bytes(db.read_bytes())
    run_twice(twice)
    digest = hashlib.sha256(twice.read_bytes()).digest()
    for code, *options in ((0, "--compare", "first"), (5, "--trend"), (5, "--trend", "--plot", db.parent / "trend")):
        told = " ".join(analyze(twice, *options, code=code).split())
        assert "not stored" in told and "this alone does not migrate it" in told, f"{options}: {told}"
    assert hashlib.sha256(twice.read_bytes()).digest() == digest, f"{db.name}: a verdict was stored"
    twice.unlink()


def check(kept, db, today):
    version = int(re.fullmatch(r"schema_(\d+)\.db\.gz", kept.name).group(1))
    db.write_bytes(gzip.decompress(kept.read_bytes()))
    assert read(db, "PRAGMA user_version") == (version,), f"{kept.name}: {read(db, 'PRAGMA user_version')}"
    wanted = before(db)
    said = reading(db, wanted, version == today)
    analyze(db, "--set-baseline", "kept")
    assert figures(db, wanted) == said, f"{kept.name}: migrated, it says something else"
    assert "kept" in analyze(db, "--list-baselines")
    analyze(db, "--db-check")
    other = db.with_name("merged.db")
    analyze(other, "--db-merge", db)
    analyze(other, "--db-check")
    other.unlink()
    assert read(db, "PRAGMA user_version") == (today,)
    return version


def main():
    with tempfile.TemporaryDirectory() as folder:
        other = pathlib.Path(folder, "today.db")
        analyze(other, "--db-merge", unpacked(other.with_name("any.db")))
        now, = read(other, "PRAGMA user_version")
        versions = [check(kept, pathlib.Path(folder, kept.name.removesuffix(".gz")), now)
                    for kept in sorted(FOLDER.glob("schema_*.db.gz"))]
    print(f"kept files of schema {versions}, today's is {now}")
    assert sorted(versions) == list(range(1, now + 1)), \
        f"schema {now} has no kept file: tests/lib/keep_db.py makes one"


main()
