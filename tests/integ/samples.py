# SPDX-License-Identifier: BSD-3-Clause
"""Every transaction of a real run, read back in the stock sqlite3 shell through wirebench.so: what
the samples say is what the histograms say; damage is named; the documented queries work."""
import json
import math
import re
import shutil
import sqlite3
import subprocess

import case
import gen
from results import Results

EXTENSION = case.BUILD / "db" / "wirebench.so"
BOUND = 0.001  # of the histograms
TIMES = ("latency", "service", "queueing", "lateness")


def shell(db, sql, code=0):
    done = subprocess.run(["sqlite3", "-bail", "-noheader", "-list", db, f".load {EXTENSION}", sql],
                          capture_output=True, text=True, check=False)
    case.expect((done.returncode == 0) == (code == 0), f"{sql}: {done.stdout}{done.stderr}")
    return done.stderr if code else [line.split("|") for line in done.stdout.splitlines()]


def number(db, sql):
    return float(shell(db, sql)[0][0])


def same_as_histograms(db, time):
    query = f"SELECT phase_id, count, p50_ns, p99_ns FROM summary WHERE time = '{time}' AND phase_id > 0"
    for phase, count, *percentiles in Results(db).query(query + " AND count > 0"):
        kept = f"FROM sample WHERE run = 1 AND phase = {phase} AND measured AND result = 'ok'"
        case.expect_equal(number(db, f"SELECT count(*) {kept}"), count, f"{time} of phase {phase}")
        for p, stored in zip((50, 99), percentiles):
            if stored is None:
                continue
            rank = math.ceil(count * p / 100)
            exact = number(db, f"SELECT {time}_ns {kept} ORDER BY 1 LIMIT 1 OFFSET {rank - 1}")
            case.expect(exact <= stored <= exact * (1 + BOUND) + 1, f"{time} p{p}: {exact}, {stored}")


def analyze(db, *options):
    """Whatever the run's own exit code."""
    process = case.execute(case.ANALYZE, "--db", db, "--json", *options)
    case.expect(process.code in gen.WELL_OR_LATE, f"{process}")
    return json.loads(process.out)


def same_as_analyze(db):
    """The summary is exact: each percentile is the sample of its rank."""
    found = analyze(db)
    case.expect_equal(found["percentile_source"], "samples", found["null_reasons"].get("percentile_source"))
    kept = "FROM sample s JOIN phase p ON p.id = s.phase WHERE s.run = 1 AND s.measured AND s.result = 'ok'"
    for time in TIMES:
        count = number(db, f"SELECT count(*) {kept}")
        for name, num, den in (("p50", 50, 100), ("p90", 90, 100), ("p99", 99, 100), ("p999", 999, 1000)):
            rank = -(-count * num // den)
            exact = number(db, f"SELECT s.{time}_ns {kept} ORDER BY 1 LIMIT 1 OFFSET {int(rank) - 1}")
            case.expect(abs(found[f"{time}_{name}_us"] * 1000 - exact) < 0.01, f"{time} {name}: {exact}")
    for what in ("phase", "worker", "operation", "interval"):
        parts = analyze(db, "--by", what)
        case.expect_equal({row["source"] for row in parts["rows"]}, {"samples"}, f"by {what}: {parts['inexact_reason']}")
        case.expect_equal(sum(row["samples"] for row in parts["rows"]), found["latency_count"], f"by {what}")


def functions_agree(db):
    rows = shell(db, "SELECT count, p99_ns, max_ns, hist_count(blob), hist_percentile(blob, 99), hist_mean(blob), "
                     "mean_ns, hist_percentile_lo(blob, 99), hist_percentile_hi(blob, 99), "
                     "percentile_ci(blob, 99) FROM summary WHERE phase_id IS NULL AND time = 'latency'")
    count, p99, _, n, q, mean, stored_mean, low, high, both = rows[0]
    case.expect_equal((n, both), (count, f"{low}..{high}"), "count and interval")
    case.expect(abs(int(q) - int(p99)) <= BOUND * int(p99), f"p99 {q}, stored {p99}")
    case.expect(abs(float(mean) - float(stored_mean)) <= BOUND * float(stored_mean), "mean")
    case.expect(int(low) <= int(q) <= int(high), f"{low} <= {q} <= {high}")
    merged = shell(db, "SELECT hist_count(hist_merge(h.blob)), sum(h.count), hist_percentile(hist_merge(h.blob), 99)"
                       " FROM hist h JOIN interval i ON i.id = h.interval_id JOIN phase p ON p.id = i.phase_id"
                       " WHERE (p.measured OR p.kind = 'drain') AND h.time = 'latency'")[0]
    case.expect_equal((merged[0], merged[2]), (merged[1], q), "merged intervals")
    case.expect_equal(shell(db, "SELECT hist_percentile(NULL, 50) IS NULL, percentile_ci(hist_merge(blob), 99) IS NULL"
                                " FROM hist WHERE 0"), [["1", "1"]], "of nothing")
    for bad in ("hist_count('no')", "hist_percentile(x'1c849314', 50)", "hist_merge('no')"):
        case.expect("not a histogram" in shell(db, f"SELECT {bad}", code=1), bad)
    case.expect("above 0" in shell(db, "SELECT hist_percentile(blob, 101) FROM summary", code=1), "101")


def bounds_choose(db):
    first, last = (int(v) for v in shell(db, "SELECT min(time_ns), max(time_ns) FROM sample")[0])
    a, b = first + (last - first) // 3, first + (last - first) // 2
    for where in (f"time_ns >= {a} AND time_ns < {b}", f"time_ns > {a} AND time_ns <= {b}.5", f"time_ns = {first}",
                  "worker = 0", "worker = 7", "run = 1 AND operation = 0", "operation = 3", "run = 'x'", "run = 2"):
        unaided = re.sub(r"\b(time_ns|worker|run|operation)\b", r"+\1", where)
        case.expect_equal(shell(db, f"SELECT count(*), sum(latency_ns) FROM sample WHERE {where}"),
                          shell(db, f"SELECT count(*), sum(latency_ns) FROM sample WHERE {unaided}"), where)


def damage_is_named(db, folder):
    copy = folder / "damaged.db"
    shutil.copy(db, copy)
    with sqlite3.connect(copy) as file:
        id_, data, lost = file.execute("SELECT id, data, count FROM sample_block LIMIT 1 OFFSET 1").fetchone()
        data = data[:200] + bytes([data[200] ^ 4]) + data[201:]
        file.execute("UPDATE sample_block SET data = ? WHERE id = ?", (data, id_))
    whole = number(db, "SELECT count(*) FROM sample")
    case.expect_equal(number(copy, "SELECT count(*) FROM sample"), whole - lost, "without the damaged block")
    case.expect_equal(shell(copy, "SELECT id, sample_damage(format, count, crc, data) AS why FROM sample_block"
                                  " WHERE why IS NOT NULL"), [[str(id_), "its checksum is wrong"]], "named")


def documented_queries(db):
    text = (case.SOURCE / "docs" / "SCHEMA.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql extension\n(.*?)```", text, re.DOTALL)
    case.expect(len(queries) >= 5, f"{len(queries)} queries for the extension")
    for query in queries:
        case.expect(shell(db, query), f"no rows: {query}")


def shares(folder):
    for value, low, high in (("none", 0, 0), ("0.1", 0.08, 0.12)):
        db = folder / f"{value}.db"
        gen.run(gen.job(folder, value, wire="pair", rate=20000, duration="500ms", connections=10), f"--db={db}",
                f"--samples={value}", code=gen.WELL_OR_LATE)
        kept, all_ = Results(db).query("SELECT (SELECT ifnull(sum(count), 0) FROM sample_block), sum(started) FROM interval")[0]
        case.expect(low * all_ <= kept <= high * all_, f"samples={value}: {kept} of {all_}")


def targets(folder):
    """Each transaction says its target, and the targets' rows are what became of them."""
    db = folder / "targets.db"
    job = gen.job(folder, "targets", wire="pair", rate=1000, duration="800ms", connections=7, workers=2,
                  target="198.19.0.1:9000,198.19.0.2:9000-9001")
    gen.run(job, f"--db={db}", code=gen.WELL_OR_LATE)
    rows = Results(db).query("SELECT seq, address || ':' || port, connections_opened, started, completed, failed "
                             "FROM target ORDER BY seq")
    case.expect_equal([row[:2] for row in rows], [(1, "198.19.0.1:9000"), (2, "198.19.0.2:9000"),
                                                 (3, "198.19.0.2:9001")], "targets")
    case.expect_equal(sum(row[2] for row in rows), 7, f"connections: {rows}")
    totals = Results(db).query("SELECT sum(started), sum(completed), sum(failed) FROM interval i JOIN phase p "
                               "ON p.id = i.phase_id WHERE p.measured")[0]
    case.expect_equal(tuple(sum(row[i] for row in rows) for i in (3, 4, 5)), totals, "transactions of all targets")
    found = analyze(db, "--by", "target")
    case.expect_equal([row["address"] for row in found["rows"]], [row[1] for row in rows], f"{found}")
    for row in found["rows"]:
        kept = number(db, f"SELECT count(*) FROM sample WHERE run = 1 AND measured AND result = 'ok' AND target = {row['target']}")
        case.expect_equal((row["samples"], row["source"]), (kept, "samples"), "samples of a target")
    case.expect(all(t["transactions_per_s"] > 0 for t in analyze(db)["targets"]), "rates of the targets")


def test():
    case.need_programs("sqlite3")
    if b"__asan_" in EXTENSION.read_bytes():
        case.skip("the shell cannot load a sanitized extension")
    # All together less than half the smallest ring: a recorder that hardly runs still keeps them all.
    with case.scratch() as folder:
        db = folder / "results.db"
        gen.run(gen.job(folder, wire="pair", rate=8000, duration="2s", warmup="200ms", connections=100,
                        interval="500ms"), f"--db={db}", code=gen.WELL_OR_LATE)
        case.expect_equal(Results(db).query("SELECT DISTINCT ratio FROM sample_block"), [(1,)], "all were kept")
        case.expect_equal(number(db, "SELECT count(*) FROM sample"),
                          Results(db).query("SELECT sum(started) FROM interval")[0][0], "every transaction")
        for time in TIMES:
            same_as_histograms(db, time)
        same_as_analyze(db)
        functions_agree(db)
        bounds_choose(db)
        damage_is_named(db, folder)
        documented_queries(db)
        shares(folder)
        targets(folder)


case.main(test)
