# SPDX-License-Identifier: BSD-3-Clause
"""Suites on a wire in memory, against a service rate that pace_worker bounds: their rows, tables,
exit codes, what a signal leaves, and what is refused. A busy machine may fail a step; what was
stored must then say so."""
import signal
import sqlite3

import case
import gen
from results import while_running

TRIES = 3
CAPACITY = 200  # transactions a second: one start of the only worker each 5 ms
PAIR = {"wire": "pair", "protocol": "echo", "connections": 8, "pace_worker": "5ms", "payload": 64,
        "fault": "delay=10ms", "warmup": "100ms", "interval": "100ms", "drain": "3s",
        "valid_lateness_p99": "10s", "valid_busy": "100%", "valid_missed": "100%",
        "valid_tx_full": "100%", "samples": "none"}


def start(folder, *more, **keys):
    db = folder / "r.db"
    path = gen.job(folder, **{**PAIR, **keys})
    path.write_text(path.read_text().replace("rate = max\n", "").replace(
        f"duration = {60 * case.SOAK}s\n", ""), encoding="utf-8")
    return db, gen.start(path, f"--db={db}", *more)


def rows(db, sql):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def trials(db):
    return rows(db, "SELECT * FROM trial WHERE run_id = (SELECT max(id) FROM run) ORDER BY seq")


def findings(db):
    found = rows(db, "SELECT * FROM finding WHERE run_id = (SELECT max(id) FROM run) ORDER BY seq")
    case.expect_equal([row["seq"] for row in found], list(range(1, len(found) + 1)), "seq")
    for row in found:
        case.expect(row["reason"] or row["value"] is not None, f"neither value nor reason: {row}")
    return {row["name"]: row for row in found}


def finish(process, db, answer, codes=(0, 1, 5)):
    process.wait(60)
    case.expect(process.code in codes, f"exit code not among {codes}:\n{process}")
    found, tried = findings(db), trials(db)
    case.expect(answer in found and "limited_by" in found, f"findings: {list(found)}\n{process}")
    case.expect_equal([t["seq"] for t in tried], list(range(1, len(tried) + 1)), "trials")
    verdict = rows(db, "SELECT * FROM verdict WHERE run_id = (SELECT max(id) FROM run)")
    case.expect_equal(len(verdict), 1, f"verdicts\n{process}")
    case.expect_equal(verdict[0]["actual"], found[answer]["value"], "the verdict's figure")
    wanted = {"PASS": 0, "WARN": 0, "FAIL": 1, "NOT_MEASURED": 5}[verdict[0]["state"]]
    case.expect_equal(process.code, wanted, f"exit code of {verdict[0]['state']}\n{process}")
    for t in tried:
        case.expect(f"{t['reason']}" in process.out, f"trial {t['seq']} is not shown:\n{process}")
        phase = rows(db, f"SELECT * FROM phase WHERE id = {t['phase_id']}")[0]
        case.expect_equal((phase["measured"], phase["name"]), (1, f"trial_{t['seq']}"), "its phase")
        case.expect_equal(phase["connections"], t["connections"], "connections of the trial")
    return found, tried


def limits(folder):
    db, process = start(folder, suite="limits", step_rates="20,100,800", step_time="600ms",
                        step_completions=0, step_high=800, queue_max="200ms")
    found, tried = finish(process, db, "highest_stable_per_s")
    case.expect_equal(tried[-1]["passed"], 0, f"800/s over a worker that starts 200/s\n{process}")
    best = found["highest_stable_per_s"]["value"]
    case.expect(best is None or best < 1.1 * CAPACITY, f"stable above the capacity: {best}")
    for t in tried:
        case.expect(t["achieved_per_s"] < 1.2 * CAPACITY, f"above the capacity: {t}")
    case.expect(found["degradation_per_s"]["value"] in (20, 100, 800), found["degradation_per_s"])
    case.expect_equal([t["requested_per_s"] for t in tried if t["passed"] == 0][-1], 800, "the last")


def find_max(folder):
    db, process = start(folder, "--find-max", "success>80%", find_low=40, find_high=2000,
                        step_time="700ms", step_completions=0, find_trials=6, find_resolution=0.5)
    found, tried = finish(process, db, "max_rate_per_s")
    case.expect(2 <= len(tried) <= 6, f"{len(tried)} trials")
    case.expect_equal(tried[0]["objective"], "success>80%, achieved>=90%", "objective")
    for t in tried:
        case.expect(t["passed"] != 1 or t["achieved_per_s"] >= 0.9 * t["requested_per_s"], f"{t}")
        case.expect(t["requested_per_s"] < 2 * CAPACITY or t["passed"] != 1, f"above capacity: {t}")
    value = found["max_rate_per_s"]["value"]
    case.expect(value is None or value < 2 * CAPACITY, f"the answer is above the capacity: {value}")


def capacity(folder):
    db, process = start(folder, suite="capacity", users=10, user_rate="2/s", growth="1,3", peak=40,
                        step_time="500ms", step_completions=0, capacity_sla="success>=50%")
    found, tried = finish(process, db, "users")
    case.expect(all(t["requested_per_s"] == 2 * t["connections"] for t in tried), f"{tried}")
    users = found["users"]["value"]
    case.expect(users in (None, 10, 30), f"400 users make 800/s: {users}")
    if users:
        case.expect_equal(found["recommended_users"]["value"], users * 7 // 10, "recommended")
        case.expect_equal(found["connections"]["value"], users, "connections")
        case.expect(found["memory_gen_mib"]["value"] > 1, found["memory_gen_mib"])


def scale_steps(folder):
    db, process = start(folder, suite="scale_steps", scale_connections="1,4,8", step_time="400ms")
    found, tried = finish(process, db, "highest_transactions_per_s", (0,))
    case.expect_equal([t["connections"] for t in tried], [1, 4, 8], "steps")
    case.expect_equal({t["requested_per_s"] for t in tried}, {None}, "all at max")
    case.expect(found["bytes_per_connection_8"]["value"] > 0, found["bytes_per_connection_8"])
    case.expect_equal(found["transactions_per_s_4"]["value"], tried[1]["achieved_per_s"], "of 4")


def ready(folder, name, *more, **keys):
    """A file of conf/suites/, short, on the pair; the phase's keys as options of its own."""
    db = folder / f"{name}.db"
    path = case.SOURCE / "conf" / "suites" / f"{name}.conf"
    wide = {"wire": "pair", "interval": "100ms", "samples": "none", "drain": "2s", "valid_lateness_p99": "10s",
            "valid_busy": "100%", "valid_missed": "100%", "valid_tx_full": "100%", "db": db, "quiet": "yes"}
    short = [f"--sustain.{key}={value}" for key, value in {"warmup": "100ms", "duration": "350ms", **keys}.items()]
    return db, case.Process([case.GEN, "run", path, *gen.options(**wide), *short, *more])


def rfc9411(folder, name, answer, objective, phase, of_load, **keys):
    """Where nothing else takes the cores the objective is validated, a tenth of it first: findings and trials; None
    where it never was."""
    for attempt in range(TRIES):
        found, tried = rfc9411_once(folder / str(attempt), name, answer, objective, phase, of_load, **keys)
        if found[answer]["value"] == objective:
            return found, tried
        print(f"{name}: {found[answer]}", flush=True)
    return None


def rfc9411_once(folder, name, answer, objective, phase, of_load, **keys):
    folder.mkdir(exist_ok=True)
    db, process = ready(folder, name, **keys)
    found, tried = finish(process, db, answer)
    loads = list(dict.fromkeys(t[of_load] for t in tried))[:2]
    case.expect_equal(loads, [objective / 10, objective][:len(loads)], f"loads\n{process}")
    case.expect_equal(found[f"objective_{answer.removeprefix('validated_')}"]["value"], objective, "objective")
    kinds = rows(db, "SELECT kind, load, requested_ns FROM phase WHERE name = 'trial_1' ORDER BY seq")
    case.expect("ramp" in [row["load"] for row in kinds if row["kind"] == "warmup"][0], f"ramp up: {kinds}")
    case.expect_equal([row["requested_ns"] for row in kinds if row["kind"] == "measure"], [350_000_000], "sustain")
    held = max((t[of_load] for t in tried if t["passed"] == 1), default=0)
    case.expect(abs((found[answer]["value"] or 0) - held) < 1, f"validated is what held, {held}: {found[answer]}\n{process}")
    if found[answer]["value"]:
        kpi = found[phase]
        case.expect(kpi["low"] <= kpi["value"] <= kpi["high"], f"{kpi}")
        case.expect(abs(found[answer]["value"] - tried[kpi["trial_seq"] - 1][of_load]) < 1, "the trial it rests on")
    return found, tried


def rfc9411_all(folder):
    """How many of the three objectives were validated."""
    rules = {"sla": "errors<0.001%, resets<0.001%, connect_errors<1%"}
    cps = rfc9411(folder, "rfc9411_cps", "validated_per_s", 2000, "connections_per_s", "requested_per_s", rate=2000,
                  **rules)
    if cps:
        case.expect(1800 < cps[0]["connections_per_s"]["value"] < 2200, cps[0]["connections_per_s"])
    most = rfc9411(folder, "rfc9411_throughput", "validated_per_s", 1000, "throughput", "requested_per_s", rate=1000,
                   churn_rate=100, connections=20, payload="16KiB", **rules)
    if most:
        case.expect(0.12 < most[0]["throughput"]["value"] < 0.2, most[0]["throughput"])  # 16 KiB x 8 x 1,000: 0.131
    many = rfc9411(folder, "rfc9411_capacity", "validated_connections", 2000, "concurrent_connections", "connections",
                   connections=2000, connect_rate="20k", **rules)
    if many:
        found, tried = many
        case.expect(abs(tried[0]["requested_per_s"] - 200 / 30) < 0.01, f"two requests a minute: {tried[0]}")
        case.expect_equal(found["concurrent_connections"]["low"], 2000, "open all the time")
    return sum(each is not None for each in (cps, most, many))


def rfc9411_broken(folder):
    """Frames are lost: a criterion breaks at a tenth, and nothing is validated. (Of 20 % so many that in one run of
    170 the responder was not found: five questions, or their answers.)"""
    db, process = ready(folder, "rfc9411_cps", "--fault=loss=5%", rate=2000, timeout="100ms", connect_timeout="100ms")
    found, tried = finish(process, db, "validated_per_s", (1, 5))
    case.expect_equal(len(tried), 1, f"trials\n{process}")
    case.expect("a tenth of the objective did not hold" in found["validated_per_s"]["reason"], str(process))


def copied(folder):
    """What is merged into another file, and shown from there, is the same."""
    gen.analyze("--db", folder / "other.db", "--db-merge", folder / "r.db")
    for table in ("trial", "finding"):
        here, there = (rows(folder / name, f"SELECT count(*) AS n, sum(seq) AS s FROM {table}")
                       for name in ("r.db", "other.db"))
        case.expect_equal(there, here, table)
    shown = gen.analyze_json(folder / "other.db")
    case.expect_equal([t["connections"] for t in shown["trials"]], [1, 4, 8], "trials in JSON")
    case.expect("knee_connections" in gen.analyze("--db", folder / "r.db"), "no finding in the text")


def interrupted(folder):
    db, process = start(folder, suite="limits", step_rates="20,30,40,50,60,70,80", step_time="900ms",
                        step_completions=0)
    case.wait_until(lambda: while_running(lambda: trials(db), []), 20, lambda: str(process))
    process.send(signal.SIGINT)
    process.wait(30)
    case.expect_equal(process.code, 130, f"exit code\n{process}")
    found, tried = findings(db), trials(db)
    case.expect(found and tried, "nothing was kept")
    case.expect_equal(rows(db, "SELECT state FROM run")[0]["state"], "interrupted", "state")
    last = tried[-1]
    cut = "before its time" in last["reason"]
    case.expect(cut or last["passed"] is not None or "generator" in last["reason"], f"{last}")


def refused(folder):
    for keys, message in (({"suite": "nope"}, "expected one of none, limits, find_max, capacity"),
                          ({"find_max": "speed>3"}, "speed"),
                          ({"suite": "capacity", "capacity_sla": ""}, "expected at least one rule"),
                          ({"suite": "capacity", "capacity_sla": "p95<fast"}, "capacity_sla"),
                          ({"suite": "rfc9411", "connections": 20}, "expected at least one rule"),
                          ({"users": 5}, "expected suite = capacity as well")):
        _, process = start(folder, **keys)
        process.wait(20)
        case.expect_equal(process.code, 2, f"exit code\n{process}")
        case.expect(message in process.err, f"expected '{message}':\n{process}")


def test():
    for part in (limits, find_max, capacity, interrupted, refused, rfc9411_broken):
        with case.scratch() as folder:
            part(folder)
    with case.scratch() as folder:
        scale_steps(folder)
        copied(folder)
    with case.scratch() as folder:
        validated = rfc9411_all(folder)
    if validated < 3:
        case.skip(f"the machine let {validated} of 3 objectives of RFC 9411 be validated in {TRIES} tries; the rest held")


case.main(test)
