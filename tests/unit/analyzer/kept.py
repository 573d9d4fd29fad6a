# SPDX-License-Identifier: BSD-3-Clause
"""Files of every schema that ever was open, list and summarise: kept.py ANALYZE FOLDER.

FOLDER holds schema_N.db.gz as tests/lib/keep_db.py makes them. The first writer that opens one
migrates it; its figures must then be what its own tables said before.
"""
import contextlib
import gzip
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

ANALYZE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])


def analyze(db, *options):
    done = subprocess.run([ANALYZE, "--db", db, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{options}: {done.returncode}: {done.stdout}{done.stderr}"
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


def check(kept, db):
    version = int(re.fullmatch(r"schema_(\d+)\.db\.gz", kept.name).group(1))
    db.write_bytes(gzip.decompress(kept.read_bytes()))
    assert read(db, "PRAGMA user_version") == (version,), f"{kept.name}: {read(db, 'PRAGMA user_version')}"
    wanted = before(db)
    analyze(db, "--set-baseline", "kept")
    said = json.loads(analyze(db, "--json"))
    assert {name: said[name] for name in wanted} == wanted, f"{kept.name}: {wanted}"
    assert wanted["run_uuid"][:6] in analyze(db, "--list")
    assert "PASS" in analyze(db)
    assert "kept" in analyze(db, "--list-baselines")
    analyze(db, "--db-check")
    other = db.with_name("merged.db")
    analyze(other, "--db-merge", db)
    analyze(other, "--db-check")
    other.unlink()
    return version, read(db, "PRAGMA user_version")[0]


def main():
    versions = []
    with tempfile.TemporaryDirectory() as folder:
        for kept in sorted(FOLDER.glob("schema_*.db.gz")):
            version, now = check(kept, pathlib.Path(folder, kept.name.removesuffix(".gz")))
            versions.append(version)
    print(f"kept files of schema {versions}, today's is {now}")
    assert sorted(versions) == list(range(1, now + 1)), \
        f"schema {now} has no kept file: tests/lib/keep_db.py makes one"


main()
