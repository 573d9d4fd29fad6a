# SPDX-License-Identifier: BSD-3-Clause
"""A file of very many runs stays usable: many_runs.py ANALYZE MAKE_FIXTURE RUNS.

Each has phases, intervals and a summary. Memory is bounded whatever their number; the test's limit
bounds the time. `soak BUILD many_runs` does it with 1,000,000 runs.
"""
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

ANALYZE, FIXTURE = map(os.path.abspath, sys.argv[1:3])
RUNS = int(sys.argv[3])
MEMORY_MAX_MIB = 64
SANITIZED = b"__asan_" in open(ANALYZE, "rb").read()

FILL = """
INSERT INTO phase (run_id, seq, name, kind, measured, started_ns, ended_ns, load)
SELECT r.id, k.seq, k.kind, k.kind, k.seq = 1, r.started_ns, r.started_ns + 1000000000, 'max'
FROM run r, (SELECT 0 AS seq, 'connect' AS kind UNION SELECT 1, 'measure' UNION SELECT 2, 'drain') k WHERE r.id > 1;
INSERT INTO interval SELECT NULL, p.run_id, p.id, 0, p.seq, p.started_ns, p.ended_ns, 0, 1, 10, 10, 0, 10, 10, 100, 100,
0, 0, 0, 20, 20, 2000, 2000, 0, 0, NULL, NULL, NULL, NULL FROM phase p WHERE p.run_id > 1;
INSERT INTO summary (run_id, time, count, overflow) SELECT id, 'latency', 0, 0 FROM run WHERE id > 1;
INSERT INTO counter SELECT i.id, n.id, 10 FROM interval i, counter_name n
WHERE i.run_id > 1 AND n.kind = 'counter' AND n.name = 'completed';
INSERT INTO note (run_id, at_ns, level, text) SELECT id, 1, 'info', 'n' FROM run WHERE id > 1;
"""


def make(db):
    """One run as recorded, the others after its likeness."""
    subprocess.run([FIXTURE, db, "known", "PASS"], check=True, stdout=subprocess.PIPE)
    with sqlite3.connect(db) as opened:
        columns = ", ".join(row[1] for row in opened.execute("PRAGMA table_info(run)")
                            if row[1] not in ("id", "uuid", "started_ns", "ended_ns"))
        opened.execute("PRAGMA synchronous = OFF")
        opened.execute(f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {RUNS - 1}) "
                       f"INSERT INTO run (uuid, started_ns, ended_ns, {columns}) SELECT printf('%08x-%08x', i * "
                       f"2654435761 & 4294967295, i), started_ns + i * 1000000000, ended_ns + i * 1000000000, "
                       f"{columns} FROM run, n WHERE run.id = 1")
        opened.executescript(FILL)
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()


def analyze(*args, count=False):
    """Its output, or how many lines that has; told: how long it took and how much memory it had."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([ANALYZE, *args], stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read(1 << 20).decode()  # no more: what this process holds counts as its children's
        lines = text.count("\n") + sum(line.count(b"\n") for line in iter(lambda: out.read(1 << 20), b""))
    assert child.returncode == 0, f"{args}: {child.returncode}: {text[-500:]}"
    print(f"{' '.join(args[2:]) or 'the last run':35} {time.monotonic() - begun:7.2f} s {used.ru_maxrss / 1024:6.1f} MiB",
          flush=True)
    assert SANITIZED or used.ru_maxrss < MEMORY_MAX_MIB << 10, f"{args}: {used.ru_maxrss} KiB"
    return lines if count else text


def main():
    with tempfile.TemporaryDirectory() as folder:
        db, other = os.path.join(folder, "results.db"), os.path.join(folder, "other.db")
        make(db)
        print(f"{RUNS} runs, {os.path.getsize(db) >> 20} MiB")
        assert f"run {RUNS} " in analyze("--db", db)
        assert "2,010 messages/s" in analyze("--db", db, "--run", "1")
        lines = analyze("--db", db, "--list").splitlines()
        assert (len(lines), lines[1].split()[0]) == (1002, str(RUNS)), lines[:2]
        assert lines[-1].startswith(f"{RUNS - 1000} older runs are not shown"), lines[-1]
        assert analyze("--db", db, "--list", "--limit=0", count=True) == RUNS + 1
        assert analyze("--db", db, "--list", "--limit=1").count("\n") == 3
        analyze("--db", db, "--set-baseline", "b", "1", "2", str(RUNS))
        assert f"{RUNS} runs" in analyze("--db", db, "--db-check")
        assert f"{RUNS} runs copied" in analyze("--db", other, "--db-merge", db)
        assert f"0 runs copied from {db}, {RUNS} were here" in analyze("--db", other, "--db-merge", db)
        analyze("--db", db, "--db-export", str(RUNS // 2), os.path.join(folder, "one.db"))
        analyze("--db", db, "--db-prune", "--older-than=1d")


main()
