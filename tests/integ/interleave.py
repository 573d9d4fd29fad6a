# SPDX-License-Identifier: BSD-3-Clause
"""gen run --interleave: pairs of whole runs in a drawn order, which a failure or a signal ends
without losing what was recorded. Also what every run must know about its machine."""
import signal

import case
import gen
from results import Results, while_running

CONTROLS = ("control_timer_wake_p50_ns", "control_timer_wake_p99_ns",
            "control_memory_copy_mib_per_s", "control_cpu_per_transaction_ns")
ROUNDS = 3
A_FIRST, B_FIRST = 4, 1  # seeds whose first round begins so


def pair_job(folder, name="x", **keys):
    return gen.job(folder, name, wire="pair", connections=4, duration="200ms", **keys)


def interleave(folder, name, *more, code=0, rounds=ROUNDS, **keys):
    """A set of one job against itself; the process and its file."""
    db = folder / f"{name}.db"
    job = pair_job(folder, db=db, **keys)
    return gen.run("--interleave", job, job, f"--rounds={rounds}", *more, code=code), db


def rows(db):
    return Results(db).query("SELECT interleave_round, interleave_side, interleave_uuid, seed, state, overrides "
                             "FROM run ORDER BY id")


def missing_controls_have_notes(db):
    found = Results(db)
    for run, in found.query("SELECT id FROM run"):
        for column in CONTROLS:
            value, = found.query(f"SELECT {column} FROM run WHERE id = ?", run)[0]
            notes = found.query("SELECT count(*) FROM note WHERE run_id = ? AND text LIKE ?", run,
                                f"{column}: not measured: %")[0][0]
            case.expect_equal(notes, int(value is None), f"notes of {column} = {value}, run {run}")
            case.expect(value is None or value > 0, f"{column} = {value}")
        floor = dict(found.query("SELECT name, CAST(value AS INTEGER) FROM environment WHERE run_id = ? "
                                 "AND name LIKE 'noise_gap%' AND class = 'info'", run))
        case.expect_equal(set(floor), {"noise_gap_p99_ns", "noise_gap_max_ns"}, "noise floor")
        case.expect(0 < floor["noise_gap_p99_ns"] <= floor["noise_gap_max_ns"], str(floor))
        build = found.query("SELECT value, class FROM environment WHERE run_id = ? AND name = 'build'", run)
        case.expect(len(build) == 1 and build[0][0].startswith("-O") and build[0][1] == "warn", f"build {build}")


def whole_set(folder):
    """Seed 0: each round draws its own, the same for both sides."""
    ended, db = interleave(folder, "whole", "--B:depth=2", "--margins=latency_p99_us:10%", seed=0)
    found = rows(db)
    case.expect_equal(len(found), 2 * ROUNDS, "runs")
    case.expect_equal({r[2] for r in found} - {None}, {found[0][2]}, "one set")
    case.expect_equal([r[0] for r in found], [1, 1, 2, 2, 3, 3], "rounds")
    for a, b in zip(found[::2], found[1::2]):
        case.expect_equal({a[1], b[1]}, {"A", "B"}, f"sides of round {a[0]}")
        case.expect_equal(a[3], b[3], f"seeds of round {a[0]}")
    case.expect_equal(len({r[3] for r in found}), ROUNDS, "different seeds")
    first = [r[1] for r in found[::2]]
    case.expect(abs(first.count("A") - first.count("B")) == 1, f"first sides {first}")
    case.expect_equal({(r[1], r[5]) for r in found}, {("A", None), ("B", "--depth=2")}, "overrides by side")
    lines = ended.out.splitlines()
    case.expect_equal([line.split()[:3] for line in lines[1:7]],
                      [[str(r[0]), r[1], str(i + 1)] for i, r in enumerate(found)], "table")
    case.expect(lines[-1].endswith(f"3 rounds in {db}. Next: analyze --db {db} --compare interleaved"), lines[-1])
    case.expect_equal(Results(db).column("margins"), "latency_p99_us:10%", "margins")
    case.expect_equal(len(Results(db).query("SELECT DISTINCT history_key FROM run")), 2, "one series a side")
    missing_controls_have_notes(db)


def seed_decides(folder):
    """A job's own seed is kept, and the order is its function."""
    orders = []
    for name in ("again1", "again2"):
        _, db = interleave(folder, name, rounds=4, seed=A_FIRST)
        orders.append([r[1] for r in rows(db)])
        case.expect_equal({r[3] for r in rows(db)}, {A_FIRST}, "seeds")
    case.expect_equal(orders[0], orders[1], "order of one seed")


def failed_rule_goes_on(folder):
    ended, db = interleave(folder, "rule", "--B:sla=msg_per_s>=1000000000", code=1, rounds=2)
    case.expect_equal(Results(db).states(), ["done"] * 4, "states")
    case.expect("2 rounds in" in ended.out, ended.out)


def failure_ends_it(folder):
    """Nobody answers on side B, which comes second."""
    ended, db = interleave(folder, "failure", "--B:peer=none", "--B:connect_limit=1s", code=4, seed=A_FIRST)
    case.expect_equal([(r[1], r[4]) for r in rows(db)], [("A", "done"), ("B", "failed")], "runs")
    case.expect("ended early: 1 of 6 runs are whole, 0 of 3 pairs" in ended.out, ended.out)
    case.expect("no_route" in ended.err, ended.err)
    case.expect_equal(Results(db).column("control_cpu_per_transaction_ns"), None, "CPU a transaction of nothing")
    missing_controls_have_notes(db)


def second_has_completed(db):
    return len(rows(db)) == 2 and Results(db).sum("completed") > 0


def signal_ends_it(folder):
    db = folder / "signal.db"
    job = pair_job(folder, db=db, seed=B_FIRST)
    with gen.start("--interleave", job, job, "--A:duration=30s", "--rounds=3") as run:
        case.wait_until(lambda: while_running(lambda: second_has_completed(db), False), 30,
                        lambda: f"no second run:\n{run}")
        run.send(signal.SIGINT)
        case.expect_equal(run.wait(20), 130, "exit code")
    case.expect_equal([(r[1], r[4]) for r in rows(db)], [("B", "done"), ("A", "interrupted")], "runs")
    case.expect("ended early: 1 of 6 runs are whole" in run.out, str(run))
    case.expect(Results(db).sum("completed") > 0, "nothing of the second run was kept")


def refused(folder):
    """Before any run of either side."""
    for option, message in (("--B:protocol=nothing", "--protocol=nothing"), ("--B:db=other.db", "expected one file"),
                            ("--rounds=1", "expected a whole number from 2 to 1000")):
        ended, db = interleave(folder, "refused", option, code=2)
        case.expect(message in ended.err, str(ended))
        case.expect(not db.exists(), f"{option}: a file was made")


def test():
    with case.scratch() as folder:
        whole_set(folder)
        seed_decides(folder)
        failed_rule_goes_on(folder)
        failure_ends_it(folder)
        signal_ends_it(folder)
        refused(folder)


case.main(test)
