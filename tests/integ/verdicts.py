# SPDX-License-Identifier: BSD-3-Clause
"""Rules of phases, and what ends a phase: every state a rule can have, every reason to end, and the
exit codes that follow. In memory, in short phases; bounds of validity, the queue and time-outs are as
wide as they go, so that a busy machine decides nothing."""
import json
import signal
import sqlite3
import time

import case
import gen
from results import Results

WIDE = {"valid_lateness_p99": "1h", "valid_missed": "100%", "valid_busy": "100%", "valid_tx_full": "100%"}
COMMON = {"protocol": "echo", "wire": "pair", "connections": 4, "payload": 64, "warmup": "0", "rate": 500,
          "duration": "300ms", "interval": "100ms", "queue_max": "1h", "timeout": "60s", "seed": 1,
          "quiet": "yes", **WIDE}


def run(folder, name, phases, code, **keys):
    """Runs phases ({name: {key: value}}) under common keys; what it printed and what it stored."""
    db = folder / f"{name}.db"
    path = folder / f"{name}.conf"
    sections = {"global": {**COMMON, "db": db, **keys}, **phases}
    path.write_text("".join(f"[{s}]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items())
                            for s, lines in sections.items()), encoding="utf-8")
    return gen.run(path, code=code), Results(db).check_whole()


def verdicts(found):
    rows = found.query("SELECT v.rule, ifnull(p.name, '-'), v.state, v.reason FROM verdict v LEFT JOIN "
                       "phase p ON p.id = v.phase_id ORDER BY v.id")
    return {(rule, phase): (state, reason) for rule, phase, state, reason in rows}


def states(found):
    return {key: state for key, (state, _) in verdicts(found).items()}


def exits(found):
    """{phase: (why it ended, after how many seconds)} of the measured phases."""
    return {name: (why, (to - since) / 1e9) for name, why, since, to in
            found.query("SELECT name, exit_reason, started_ns, ended_ns FROM phase WHERE measured")}


def rules_of_phases(folder):
    """A rule that fails in one phase fails there only; the rules of [global] are those of each phase."""
    process, found = run(folder, "rules", {
        "most": {},
        "less": {"connections": 2, "warn": "latency_mean<1ns, p9999<9s", "sla": "connections>=4, connect_p99<1s"},
        "full": {"rate": "max", "queue_max": "1s", "sla": "queueing_p50<1s, in_order>99.99%, completions>=100"},
        "idle": {"rate": 0, "completions_min": 0, "sla": "latency_p50<1s, errors<1%, frames_per_s<1G/s"}},
        1, sla="connections>=4, errors<1%", run_sla="completions>=300, drop.tcp_csum=0", completions_min=100,
        duration_max="60s")
    case.expect_equal(states(found), {
        ("connections>=4", "most"): "PASS", ("errors<1%", "most"): "PASS",
        ("connections>=4", "less"): "FAIL", ("connect_p99<1s", "less"): "NOT_APPLICABLE",
        ("latency_mean<1ns", "less"): "WARN", ("p9999<9s", "less"): "WARN",
        ("queueing_p50<1s", "full"): "NOT_APPLICABLE", ("in_order>99.99%", "full"): "PASS",
        ("completions>=100", "full"): "PASS", ("latency_p50<1s", "idle"): "NOT_APPLICABLE",
        ("errors<1%", "idle"): "NOT_APPLICABLE", ("frames_per_s<1G/s", "idle"): "PASS",
        ("completions>=300", "-"): "PASS", ("drop.tcp_csum=0", "-"): "PASS"}, "states of the rules")
    case.expect_equal(verdicts(found)["connect_p99<1s", "less"][1], "nothing connected in it", "reason")
    table = [line.split() for line in process.out.splitlines()]
    case.expect(any(row[:2] == ["connections>=4", "less"] and "FAIL" in row for row in table), process.out)
    shown = json.loads(gen.analyze("--db", found.path, "--json", code=1))
    case.expect_equal({(v["rule"], v["phase"] or "-"): v["state"] for v in shown["verdicts"]}, states(found),
                      "verdicts in JSON")
    case.expect("less" in gen.analyze("--db", found.path, code=1), "the phase in the text")


def passing_states(folder):
    """WARN passes, NOT_MEASURED does not; the only phase is the run."""
    _, found = run(folder, "warn", {"main": {"warn": "latency_mean<1ns"}}, 0)
    case.expect_equal(states(found), {("latency_mean<1ns", "-"): "WARN"}, "a warning")
    process, found = run(folder, "unmeasured", {"main": {"sla": "memory_bytes_per_conn<2KiB, memory_growth<9GiB/9s"}}, 5)
    case.expect_equal(set(states(found).values()), {"NOT_MEASURED"}, "what was not measured")
    case.expect("UNKNOWN" in process.out, process.out)
    gen.analyze("--db", found.path, code=5)


def aborts(folder):
    """One connection with a pace sends 100 of 1000 starts a second; the rest fails as not_sent."""
    process, found = run(folder, "abort", {
        "good": {"rate": 50, "queue_max": "1h"}, "bad": {"duration": "60s", "warmup": "100ms", "sla": "success>99%"},
        "never": {"sla": "errors<1%"}},
        4, abort_if="errors>5%", connections=1, pace="10ms", rate=1000, queue_max="20ms")
    case.expect_equal(found.column("state"), "aborted", "state")
    case.expect(found.column("state_reason").startswith("abort_if = errors>5% in phase bad: "), found.column("state_reason"))
    why, seconds = exits(found)["bad"]
    case.expect(why == "abort" and seconds < 30, f"{why} after {seconds} s")
    case.expect_equal(exits(found)["good"][0], "time", "a phase in order")
    case.expect_equal(states(found), {("success>99%", "bad"): "FAIL", ("errors<1%", "-"): "SKIP"}, "rules")
    case.expect_equal(verdicts(found)["errors<1%", "-"][1], "phase never did not run: the run was aborted", "reason")
    kinds = [row[0] for row in found.query("SELECT kind FROM phase ORDER BY seq")]
    case.expect_equal(kinds[-2:], ["drain", "close"], "the end in order")
    case.expect("aborted" in process.out, process.out)
    gen.analyze("--db", found.path, code=4)


def enters(folder):
    """A third of the frames lost: not all connections open, and the phase wants them all."""
    _, found = run(folder, "enter", {"main": {"enter": "connections>=100%", "sla": "errors<1%"}}, 4,
                   fault="loss=35%", connections=50, connect_timeout="300ms")
    case.expect("enter = connections>=100% of phase main" in found.column("state_reason"), found.column("state_reason"))
    case.expect_equal(states(found), {("errors<1%", "-"): "SKIP"}, "rules")
    case.expect_equal(exits(found), {}, "measured phases")


def ends(folder):
    _, found = run(folder, "ends", {
        "time": {}, "count": {"transactions": 20, "duration": "60s"},
        "more": {"duration": "100ms", "completions_min": 300},
        "bound": {"duration": "100ms", "completions_min": "1M", "duration_max": "400ms"},
        "pool": {"until": "connections", "pattern": "pooled", "rate": "max", "queue_max": "1s", "duration": "60s"},
        "settled": {"until": "steady", "duration": "60s"},
        "warmed": {"enter": "steady", "warmup": "60s"}}, None)
    whys = exits(found)
    case.expect_equal({name: why for name, (why, _) in whys.items()},
                      {"time": "time", "count": "count", "more": "completions", "bound": "time", "pool": "connections",
                       "settled": "steady", "warmed": "time"}, "reasons to end")
    case.expect(abs(whys["time"][1] - 0.3) < 1e-6, f"a plain phase lasts its duration: {whys}")
    case.expect(abs(whys["bound"][1] - 0.4) < 1e-6, f"and one that waits in vain its longest: {whys}")
    case.expect(whys["settled"][1] < 59 and whys["more"][1] > 0.5, f"durations: {whys}")
    done = dict(found.query("SELECT p.name, sum(i.completed) FROM interval i JOIN phase p ON p.id = i.phase_id "
                            "WHERE p.measured GROUP BY p.id"))
    case.expect(done["more"] >= 300, f"completions: {done}")
    steady = dict(found.query("SELECT name, steady FROM phase WHERE measured"))
    case.expect_equal((steady["settled"], steady["time"]), (1, None), "settled")
    warmup = found.query("SELECT exit_reason FROM phase WHERE name = 'warmed' AND kind = 'warmup'")
    case.expect_equal(warmup, [("steady",)], "end of the warm-up")


def invalid(folder):
    """The bounds are keys; more than any machine can do never passes."""
    _, found = run(folder, "busy", {"main": {}}, 6, valid_busy="0%")
    case.expect("the generator's loop was busy" in found.column("invalid_reason"), found.column("invalid_reason"))
    narrow = {"valid_" + key: value for key, value in
              {"lateness_p99": "1ms", "missed": "1%", "busy": "98%", "tx_full": "10%"}.items()}
    process, found = run(folder, "much", {"main": {"sla": "transactions_per_s>=49000000, errors<1%"}}, (1, 6),
                         rate="50M", samples="none", **narrow)
    case.expect(not found.query("SELECT 1 FROM verdict WHERE state = 'PASS'"), str(process))


def stalled(folder):
    """Stopped for a while: what became due meanwhile was looked at too late, whoever was free."""
    db, path = folder / "stalled.db", folder / "stalled.conf"
    keys = {**COMMON, "duration": "2s", "valid_missed": "5%", "db": db}
    path.write_text("[global]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()), encoding="utf-8")
    with gen.start(path) as process:
        case.wait_until(lambda: db.exists() and measured(db), 30, lambda: f"an interval: {process}")
        process.send(signal.SIGSTOP)
        time.sleep(0.5)
        process.send(signal.SIGCONT)
        process.wait(60)
    case.expect_equal(process.code, 6, str(process))
    found = Results(db).check_whole()
    why = found.column("invalid_reason")
    case.expect(why.startswith("starts that were looked at more than 1 ms too late are "), why)
    case.expect(found.counter("missed") >= 240, f"missed of 250: {found.counter('missed')}")


def measured(db):
    try:
        return Results(db).query("SELECT 1 FROM interval i JOIN phase p ON p.id = i.phase_id WHERE p.measured")
    except (sqlite3.Error, AssertionError):
        return False


def test():
    with case.scratch() as folder:
        rules_of_phases(folder)
        passing_states(folder)
        aborts(folder)
        enters(folder)
        ends(folder)
        invalid(folder)
        stalled(folder)


case.main(test)
