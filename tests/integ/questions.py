# SPDX-License-Identifier: BSD-3-Clause
"""The questions of docs/SCHEMA.md, asked in the stock sqlite3 shell of a file of real runs, with and
without wirebench.so: each answer is what the tables, read row by row, or `analyze` say, too."""
import collections
import csv
import io
import json
import math
import re
import sqlite3
import subprocess

import case
import gen

EXTENSION = case.BUILD / "db" / "wirebench.so"
HISTOGRAM_BOUND = 0.001
SIDES = 1, 4  # the runs that are made a set
ANSWERS = {}


def answers(question):
    """Registers the check of the question that begins so."""
    return lambda check: ANSWERS.setdefault(question, check)


class File:
    """The file's rows as Python sees them, and the last run."""

    def __init__(self, path):
        self.path = path
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.db.row_factory = sqlite3.Row
        self.last = self.rows("run")[-1]["id"]
        self.phases = {p["id"]: p for p in self.rows("phase")}
        self.json = json.loads(case.execute(case.ANALYZE, "--db", path, "--json").out)

    def rows(self, table, **where):
        return [r for r in self.db.execute(f"SELECT * FROM {table} ORDER BY 1") if
                all(r[k] == v for k, v in where.items())]

    def run(self, run_id):
        return self.rows("run", id=run_id)[0]

    def intervals(self, run_id=None, measured=None):
        return [i for i in self.rows("interval", run_id=run_id or self.last)
                if measured is None or self.phases[i["phase_id"]]["measured"] == measured]

    def counted(self, intervals, kind):
        """{name: total} over those intervals."""
        names = {n["id"]: n for n in self.rows("counter_name", kind=kind)}
        ids, total = {i["id"] for i in intervals}, collections.Counter()
        for c in self.rows("counter"):
            if c["interval_id"] in ids and c["name_id"] in names:
                name = names[c["name_id"]]
                total[name["name"]] = max(total[name["name"]], c["value"]) if name["rollup"] == "max" \
                    else total[name["name"]] + c["value"]
        return total


def same(found, wanted, what="value", bound=1e-6):
    case.expect(found != "", f"{what}: found nothing, expected {wanted}")
    close = math.isclose(float(found), float(wanted), rel_tol=bound, abs_tol=1e-9)
    case.expect(close, f"{what}: found {found}, expected {wanted}")


def rounded(found, wanted, what):
    """To a whole number, halves either way."""
    case.expect(abs(float(found) - wanted) <= 0.5 + 1e-6, f"{what}: found {found}, expected {wanted}")


# --- plain SQL -----------------------------------------------------------------------------------

@answers("Which runs are here")
def _(rows, file):
    case.expect_equal([(r["run_id"], r["state"], r["workload_id"]) for r in rows],
                      [(str(r["id"]), r["state"], r["workload_id"]) for r in reversed(file.rows("run"))], "runs")


@answers("What did the last run achieve")
def _(rows, file):
    same(rows[0]["latency_count"], file.json["figures"]["latency_mean_us"]["samples"], "samples")
    rounded(rows[0]["transactions_per_s"], file.json["transactions_per_s"], "transactions/s")
    same(rows[0]["latency_p50_us"], file.json["latency_p50_us"], "p50", HISTOGRAM_BOUND)
    same(rows[0]["errors_percent"], 100 - file.json["success_rate"] * (100 if file.json["success_rate"] <= 1 else 1),
         "errors", 1e-2)


@answers("Where did the time go")
def _(rows, file):
    stored = {s["time"]: s for s in file.rows("summary", run_id=file.last) if s["phase_id"] is None and s["count"]}
    case.expect_equal({r["time"] for r in rows}, set(stored), "times")
    for r in rows:
        same(r["max_us"], stored[r["time"]]["max_ns"] / 1e3, r["time"])


@answers("How did throughput and latency move")
def _(rows, file):
    periods = collections.defaultdict(list)
    for i in file.intervals(measured=1):
        periods[i["seq"]].append(i)
    case.expect_equal(len(rows), len(periods), "periods")
    for r, seq in zip(rows, sorted(periods)):
        same(r["latency_max_us"] or 0, max(i["latency_max_ns"] or 0 for i in periods[seq]) / 1e3, f"period {seq}")
        rounded(r["transactions_per_s"], sum(i["completed"] * 1e9 / (i["ended_ns"] - i["started_ns"])
                                             for i in periods[seq]), f"rate of {seq}")


@answers("How did the throughput of a workload change")
def _(rows, file):
    wanted = [r for r in file.rows("run", workload_id="known_values", state="done", valid=1)]
    case.expect_equal(len(rows), len(wanted), "runs")
    case.expect(wanted and rows[0]["change_percent"] == "", "the first has nothing to change from")


@answers("Why did transactions and connects fail")
def _(rows, file):
    wanted = file.counted(file.intervals(), "result") + file.counted(file.intervals(), "connect_error")
    wanted.pop("ok")
    case.expect_equal({r["name"]: int(r["n"]) for r in rows}, dict(wanted), "failures")
    case.expect_equal(wanted["timeout"] > 0, True, "some time out")


@answers("Which frames were not taken")
def _(rows, file):
    case.expect_equal({r["name"]: int(r["frames"]) for r in rows}, dict(file.counted(file.intervals(), "drop")), "drops")


@answers("Did every worker carry the same load")
def _(rows, file):
    done = collections.Counter()
    for i in file.intervals(measured=1):
        done[i["worker"]] += i["completed"]
    case.expect_equal({int(r["worker"]): int(r["completed"]) for r in rows}, dict(done), "completed")
    same(sum(float(r["percent"]) for r in rows), 100, "percent", 2e-3)


@answers("How busy was the generator")
def _(rows, file):
    for r in rows:
        mine = [i for i in file.intervals(measured=1) if i["worker"] == int(r["worker"])]
        count = file.counted(mine, "counter")
        cycles = {k: v for k, v in count.items() if k.startswith("cycles")}
        same(r["busy_percent"], round(100 * (1 - cycles["cycles_idle"] / sum(cycles.values())), 1), "busy")
        same(r["ticks_per_transaction"], (sum(cycles.values()) - cycles["cycles_idle"]) // count["completed"], "ticks")
        same(r["longest_gap_us"] or 0, count["gap_max_ns"] / 1e3, "gap")  # zeros are not stored


@answers("How much CPU")
def _(rows, file):
    mine = file.rows("resource", run_id=file.last, role="gen")
    wall = mine[-1]["at_ns"] - mine[0]["at_ns"]
    found = [r for r in rows if r["role"] == "gen"][0]
    same(found["cpu_percent"], 100 * (mine[-1]["cpu_ns"] - mine[0]["cpu_ns"]) / wall, "CPU", 0.01)
    same(found["memory_max_mib"], max(r["rss_bytes"] + (r["hugetlb_bytes"] or 0) for r in mine) / 2**20, "memory")


@answers("Which promises were kept")
def _(rows, file):
    case.expect_equal([(r["rule"], r["state"]) for r in rows],
                      [(v["rule"], v["state"]) for v in file.rows("verdict", run_id=file.last)], "verdicts")
    case.expect_equal("FAIL" in [r["state"] for r in rows], True, "a broken promise")


@answers("On which machine did it run")
def _(rows, file):
    now, old = ({e["name"]: e["value"] for e in file.rows("environment", run_id=r)} for r in (file.last, file.last - 1))
    case.expect_equal({r["name"] for r in rows}, {n for n in now if now[n] != old.get(n)}, "what differs")


@answers("How much of the file is raw samples")
def _(rows, file):
    for r in rows:
        blocks = file.rows("sample_block", run_id=int(r["run_id"]))
        case.expect_equal((int(r["blocks"]), int(r["samples"])), (len(blocks), sum(b["count"] for b in blocks)), "blocks")


@answers("Which runs ended without being told to")
def _(rows, file):
    case.expect_equal(rows[0]["state"], "interrupted", "first comes the killed run")
    last = max(i["ended_ns"] for i in file.intervals(int(rows[0]["id"])))
    same(rows[0]["recorded_s"], round((last - file.run(int(rows[0]["id"]))["started_ns"]) / 1e9, 1), "seconds")


@answers("Does every transaction that was started have an end")
def _(rows, file):
    for r in rows:
        ended = file.run(int(r["run_id"]))["state"] != "interrupted"
        case.expect(int(r["without_end"]) == 0 or not ended, f"run {r['run_id']}: {r['without_end']} without end")
        case.expect_equal(int(r["started"]), sum(i["started"] for i in file.intervals(int(r["run_id"]))), "started")


@answers("Which baselines are there")
def _(rows, file):
    case.expect_equal([r["run_id"] for r in rows if r["baseline"] == "first"], ["1"], "runs of the baseline")
    case.expect_equal(len(rows), len(file.rows("run")), "runs")


@answers("Did the machine move")
def _(rows, file):
    for r in rows:
        run = file.run(int(r["run_id"]))
        for name, column, scale in (("timer_wake_p99_us", "control_timer_wake_p99_ns", 1e3),
                                    ("memory_copy_mib_per_s", "control_memory_copy_mib_per_s", 1)):
            if run[column] is None:
                case.expect_equal(r[name], "", name)
            else:
                same(r[name], run[column] / scale, name, 1e-3)


@answers("What did an interleaved set find")
def _(rows, file):
    a, b = (json.loads(case.execute(case.ANALYZE, "--db", file.path, "--json", "--run", str(r)).out)
            ["throughput_msg_per_s"] for r in SIDES)
    case.expect_equal(len(rows), 1, "rounds")
    same(rows[0]["msg_per_s_a"], a, "side A", 1e-3)
    same(rows[0]["change_percent"], round(100 * (b / a - 1), 1), "change", 1e-2)


# --- with the extension --------------------------------------------------------------------------

def latencies(file, shell):
    return sorted(int(r["latency_ns"]) for r in shell(f"SELECT latency_ns FROM sample WHERE run = {file.last} AND "
                                                      "measured AND result = 'ok'"))


@answers("The ten slowest transactions")
def _(rows, file, shell):
    all_ = shell(f"SELECT latency_ns FROM sample WHERE run = {file.last}")
    slowest = sorted((int(r["latency_ns"]) for r in all_), reverse=True)[:10]
    case.expect_equal([round(float(r["latency_us"]) * 1e3) for r in rows], slowest, "the slowest")
    for r in rows:
        parts = float(r["queueing_us"]) + float(r["lateness_us"]) + float(r["service_us"])
        case.expect(parts <= float(r["latency_us"]) + 0.002, f"parts of {dict(r)}")


@answers("The exact p99")
def _(rows, file, shell):
    sorted_ns = latencies(file, shell)
    exact = sorted_ns[math.ceil(len(sorted_ns) * 99 / 100) - 1]
    same(rows[0]["latency_p99_us"], exact / 1e3, "exact p99")
    if file.json["latency_p99_us"] is None:  # a busy machine: fewer than 1000 samples
        return
    case.expect(exact <= file.json["latency_p99_us"] * 1e3 * 1.0001, "the histogram's is below")
    same(file.json["latency_p99_us"], exact / 1e3, "p99 of the histogram", 2 * HISTOGRAM_BOUND)


@answers("Was everything recorded")
def _(rows, file, shell):
    case.expect_equal({r["ratio"] for r in rows}, {"1.0"}, "shares")
    case.expect_equal(sum(int(r["samples"]) for r in rows), sum(i["started"] for i in file.intervals()), "samples")


@answers("Percentiles of all workers together")
def _(rows, file, shell):
    for r in rows:
        wanted = sum(i["latency_count"] for i in file.intervals(measured=1) if i["seq"] == int(r["seq"]))
        case.expect_equal(int(r["n"]), wanted, f"samples of period {r['seq']}")


@answers("How sure is the p99")
def _(rows, file, shell):
    if not rows[0]["p99_ns"] or not rows[0]["ci99_ns"]:
        case.expect(len(latencies(file, shell)) < 2000, "enough samples, yet no p99 or interval")
        return
    low, high = (int(v) for v in rows[0]["ci95_ns"].split(".."))
    wide = [int(v) for v in rows[0]["ci99_ns"].split("..")]
    case.expect(wide[0] <= low <= int(rows[0]["p99_ns"]) * (1 + HISTOGRAM_BOUND) and
                int(rows[0]["p99_ns"]) <= high * (1 + HISTOGRAM_BOUND) <= wide[1] * (1 + HISTOGRAM_BOUND) ** 2, f"{dict(rows[0])}")


@answers("How did each tenth of a second go")
def _(rows, file, shell):
    started = file.run(file.last)["started_ns"]
    tenths = collections.Counter((int(r["time_ns"]) - started) // 10**8 for r in
                                 shell(f"SELECT time_ns FROM sample WHERE run = {file.last}"))
    case.expect_equal({int(r["tenth"]): int(r["transactions"]) for r in rows}, dict(tenths), "tenths")


@answers("What was each run judged to be")
def _(rows, file):
    judged = json.loads(file.path.with_name("judged.json").read_text(encoding="utf-8"))
    worse = [m["metric"] for m in judged["result"]["metrics"] if m["verdict"] == "regression"]
    case.expect_equal([int(r["run_id"]) for r in rows], [r["id"] for r in reversed(file.rows("run"))], "runs")
    found = {int(r["run_id"]): (r["baseline"], r["verdict"], r["worse"]) for r in rows}
    case.expect_equal(found.pop(2), ("first", judged["verdict"], ", ".join(worse)), "verdict of run 2")
    case.expect_equal(set(found.values()), {("", "", "")}, "runs that were not judged")


@answers("How did what a suite found move")
def _(rows, file):
    wanted = [(str(file.run(f["run_id"])["id"]), f["name"]) for f in file.rows("finding")
              if f["value"] is not None]
    case.expect_equal([(r["run_id"], r["name"]) for r in rows], wanted, "findings")
    same(rows[0]["value"], 1000, "the first")
    case.expect_equal(rows[0]["change_percent"], "", "the first has nothing to change from")
    same(rows[1]["change_percent"], 10, "the second")


# --- all -----------------------------------------------------------------------------------------

def questions():
    """(question, whether it needs the extension, its SQL) in order."""
    text = (case.SOURCE / "docs" / "SCHEMA.md").read_text(encoding="utf-8")
    found = re.findall(r"^([^\n]+)\n\n```sql( extension)?\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    return [(question, bool(extension), sql) for question, extension, sql in found]


def asker(db, *commands):
    def ask(sql):
        done = subprocess.run(["sqlite3", "-readonly", "-bail", "-header", "-csv", db, *commands, sql],
                              capture_output=True, text=True, check=False)
        case.expect(done.returncode == 0, f"{sql}: {done.stderr}")
        return list(csv.DictReader(io.StringIO(done.stdout)))
    return ask


def make_file(folder):
    """A good run, one that is killed, one that breaks its promise with losses and time-outs."""
    db = folder / "results.db"
    keys = {"wire": "pair", "connections": 40, "warmup": "200ms", "interval": "300ms",
            "timeout": "500ms", "db": db}
    good = gen.job(folder, "known_values", **keys, duration="300ms")  # rate max: always valid
    gen.run(good)
    gen.analyze("--db", db, "--set-baseline", "first", 1)
    gen.run(good)
    judged = case.execute(case.ANALYZE, "--db", db, "--compare", "first", "--json")
    (folder / "judged.json").write_text(judged.out, encoding="utf-8")
    job = gen.job(folder, "with_losses", **keys, rate="2000/s", duration="4s")
    with gen.start(job, "--duration=20s") as killed:
        case.wait_until(lambda: len(sqlite3.connect(db).execute("SELECT 1 FROM interval WHERE run_id = 3")
                                    .fetchall()) > 4, 20, lambda: f"no run: {killed}")
        killed.stop(9)
    gen.run(job, "--fault=loss=5%,corrupt=1%", "--sla=errors<0.0001%", "--mtu=1400", code=None)
    with sqlite3.connect(db) as opened:
        opened.executemany("UPDATE run SET interleave_uuid = 'set', interleave_round = 1, interleave_side = ? "
                           "WHERE id = ?", zip("AB", SIDES))
    with sqlite3.connect(db) as opened:  # as two runs of a suite would leave them
        opened.executemany("INSERT INTO finding (run_id, seq, name, value, low, high, confidence, unit, reason) "
                           "VALUES (?, 1, 'max_rate_per_s', ?, 950, 1200, 0.95, '1/s', 'a test says so')",
                           [(1, 1000), (2, 1100)])
    opened.close()
    return db


def test():
    case.need_programs("sqlite3")
    sanitized = b"__asan_" in EXTENSION.read_bytes()
    with case.scratch() as folder:
        db = make_file(folder)
        file, plain, loaded = File(db), asker(db), asker(db, f".load {EXTENSION}")
        asked = [q for q in questions() if not (q[1] and sanitized)]
        case.expect(len(questions()) >= 20, f"{len(questions())} questions")
        unknown = [q for q, _, _ in asked if not any(q.startswith(known) for known in ANSWERS)]
        case.expect(not unknown, f"questions without a known answer: {unknown}")
        for question, extension, sql in asked:
            check = next(c for known, c in ANSWERS.items() if question.startswith(known))
            try:
                if extension:
                    check(loaded(sql), file, loaded)
                else:
                    check(plain(sql), file)
                    case.expect_equal(loaded(sql), plain(sql), "with and without the extension")
            except AssertionError as wrong:
                raise AssertionError(f"{question}\n{wrong}") from wrong
        print(f"{len(asked)} questions answered")


case.main(test)
