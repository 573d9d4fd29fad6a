#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""keep_db.py GEN FOLDER: keeps a results file of today's schema for the tests of later ones.

A real run of a few intervals over the pair wire, as FOLDER/schema_N.db.gz; whose machine it was
made on is taken out. Run it once for each schema, when its migration is final.
"""
import contextlib
import gzip
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

JOB = """[global]
protocol = echo
wire = pair
connections = 5
payload = 64
rate = max
interval = 200ms
seed = 1
samples = 0.01
sla = errors<1%

[measured]
warmup = 200ms
duration = 600ms
"""
SCRUB = """
PRAGMA journal_mode = DELETE;
UPDATE run SET host = 'kept', pid = 1, pid_start = 1, tool_commit = NULL,
               boot_id = '00000000-0000-0000-0000-000000000000';
UPDATE environment SET value = 'kept' WHERE name IN ('cpu_model', 'kernel');
VACUUM;
"""


def scrubbed(path):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.executescript(SCRUB)
    return version, path.read_bytes()


def main(gen, folder):
    with tempfile.TemporaryDirectory() as scratch:
        job, db = pathlib.Path(scratch, "kept.conf"), pathlib.Path(scratch, "kept.db")
        job.write_text(JOB, encoding="utf-8")
        subprocess.run([pathlib.Path(gen).resolve(), "run", job, f"--db={db.name}", "--quiet"],
                       check=True, cwd=scratch)
        version, data = scrubbed(db)
    kept = pathlib.Path(folder, f"schema_{version}.db.gz")
    kept.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{kept}: {kept.stat().st_size} bytes")


main(*sys.argv[1:])
