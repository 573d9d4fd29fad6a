# SPDX-License-Identifier: BSD-3-Clause
"""--trend and --calibrate on histories with known steps: trend.py ANALYZE MAKE_FIXTURE
MAKE_HISTORY SCHEMA."""
import contextlib
import fcntl
import json
import math
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import unittest

from cli import SANITIZED, Case

try:
    import jsonschema
except ImportError:
    jsonschema = None

DAY_NS = 86400 * 10**9
BEGIN_NS = 1767225600 * 10**9  # 2026-01-01
HISTORY, SCHEMA = map(os.path.abspath, sys.argv[3:5])


class TrendCase(Case):
    """Writes histories. A figure is a function of the run's number, noise comes on top."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(7)

    def noisy(self, value, noise):
        return value * math.exp(self.random.gauss(0, noise))

    def history(self, runs, *, p50=lambda i: 80, p99=lambda i: 104, rate=lambda i: 50000,
                failed=lambda i: 0, control=lambda i: 1, commit=lambda i: f"c{i:04}",
                valid=lambda i: 1, state=lambda i: "done", start=lambda i: BEGIN_NS + i * DAY_NS,
                workload="w", key="5e1f", noise=0.01, db=None):
        lines = []
        for i in range(runs):
            lines.append(" ".join(str(x) for x in (
                workload, key, start(i), state(i), int(valid(i)), commit(i),
                round(self.noisy(rate(i), noise)), self.noisy(p50(i), noise),
                "-" if p99(i) is None else self.noisy(p99(i), noise), int(failed(i)),
                self.noisy(control(i), noise))))
        subprocess.run([HISTORY, db or self.db], input="\n".join(lines), text=True, check=True,
                       stdout=subprocess.PIPE)

    def trend(self, *options, code=0, db=None):
        result = self.analyze("--db", db or self.db, "--trend", "--json", *options, code=code)
        return json.loads(result.stdout)

    def metric(self, trend, name):
        return next(m for m in trend["metrics"] if m["name"] == name)

    def sql(self, text, *values):
        with contextlib.closing(sqlite3.connect(self.db)) as opened, opened:
            return opened.execute(text, values).fetchall()


def step(at, factor, base):
    return lambda i: base * factor if i >= at else base


class Steps(TrendCase):
    def test_a_known_step_is_told_with_place_commits_and_size(self):
        self.history(60, p99=step(40, 1.2, 104))
        trend = self.trend()
        self.assertEqual(trend["verdict"], "same")
        p99 = self.metric(trend, "latency_p99_us")
        self.assertEqual([c["run"]["id"] for c in p99["changes"]], [41])
        change = p99["changes"][0]
        self.assertTrue(change["worse"])
        self.assertFalse(change["recent"])
        self.assertAlmostEqual(change["percent"], 20, delta=1.5)
        self.assertAlmostEqual(change["before"], 104, delta=1)
        self.assertAlmostEqual(change["after"], 124.8, delta=1)
        self.assertEqual(change["last_good_run"]["id"], 40)
        self.assertEqual(change["place95"]["first"]["id"], 41)
        self.assertEqual(change["run"]["started"], "2026-02-10T00:00:00Z")
        self.assertEqual(change["commits"], ["c0039", "c0040"])
        self.assertLessEqual(change["p"], 0.001)
        self.assertEqual(p99["segment_runs"], 20)
        for name in ("throughput_msg_per_s", "latency_p50_us", "error_count"):
            self.assertEqual(self.metric(trend, name)["changes"], [], name)

    def test_exit_1_only_for_a_bad_change_within_the_last_runs(self):
        self.history(60, p99=step(40, 1.2, 104))
        self.trend(code=0)
        self.assertEqual(self.trend("--last", "20", code=1)["verdict"], "regression")
        self.trend("--last", "19", code=0)
        self.trend("--last=20", "--fail-on=inconclusive", code=0)

    def test_a_change_for_the_better_is_no_failure(self):
        self.history(60, p99=step(55, 0.8, 104), rate=step(55, 1.2, 50000))
        trend = self.trend()
        self.assertEqual(trend["verdict"], "improvement")
        self.assertFalse(self.metric(trend, "throughput_msg_per_s")["changes"][0]["worse"])

    def test_throughput_is_worse_when_it_falls(self):
        self.history(60, rate=step(56, 0.85, 50000))
        self.assertIn("throughput_msg_per_s fell by", self.trend(code=1)["conclusion"])

    def test_text_begins_with_the_verdict_and_fits_a_screen(self):
        self.history(60, p99=step(56, 1.2, 104), p50=step(20, 0.9, 80), rate=step(30, 1.1, 50000))
        text = self.analyze("--db", self.db, "--trend", code=1).stdout
        self.assertTrue(text.startswith("REGRESSION  w: latency_p99_us rose by"), text)
        self.assertLessEqual(len(text.splitlines()), 40)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        self.assertIn("last good run 56", text)

    def test_markdown_escapes_what_a_file_holds(self):
        self.history(60, p99=step(56, 1.2, 104), workload="a|b<i>@me", commit=lambda i: f"`|{i}")
        text = self.analyze("--db", self.db, "--trend", "--markdown", code=1).stdout
        self.assertTrue(text.startswith("**regression** <code>"))
        for bad in ("<i>", "@me", "`"):
            self.assertNotIn(bad, text)

    def test_margin_of_the_newest_job(self):
        self.history(60, p99=step(56, 1.2, 104))
        self.sql("UPDATE run SET margins = 'latency_p99_us:40%' WHERE id = 60")
        trend = self.trend(code=0)
        self.assertEqual(self.metric(trend, "latency_p99_us")["margin"], 0.4)
        self.assertEqual(self.metric(trend, "latency_p99_us")["changes"], [])

    def test_counts_as_a_rate(self):
        self.history(60, failed=lambda i: self.random.randint(80, 120) * (5 if i >= 56 else 1))
        errors = self.metric(self.trend(code=1), "error_count")
        self.assertEqual(errors["unit"], "per 1,000 transactions")
        self.assertAlmostEqual(errors["changes"][0]["before"], 2, delta=0.3)
        self.assertAlmostEqual(errors["changes"][0]["percent"], 400, delta=60)


class Commits(TrendCase):
    def test_the_middle_commit_is_measured_next(self):
        self.history(60, noise=0.05, p99=step(40, 1.18, 104))
        change = self.metric(self.trend(), "latency_p99_us")["changes"][0]
        first, last = change["place95"]["first"]["id"], change["place95"]["last"]["id"]
        self.assertLess(first, last)
        self.assertTrue(first <= 41 <= last)
        commits = [f"c{i:04}" for i in range(first - 2, last)]
        self.assertEqual(change["commits"], commits)
        self.assertEqual(change["next_commit"], commits[len(commits) // 2])

    def test_reasons_when_there_is_none(self):
        reasons = {}
        for name, commit in (("none", lambda i: "-"), ("same", lambda i: "c1"),
                             ("two", lambda i: "c2" if i >= 40 else "c1")):
            db = os.path.join(self.dir, name)
            self.history(60, p99=step(40, 1.2, 104), commit=commit, db=db)
            change = self.metric(self.trend(db=db), "latency_p99_us")["changes"][0]
            self.assertIsNone(change["next_commit"])
            reasons[name] = change["next_commit_missing"]
        self.assertIn("name no commit", reasons["none"])
        self.assertIn("did not change", reasons["same"])
        self.assertIn("no commit between", reasons["two"])

    def test_the_machine_moved(self):
        self.history(60, p99=step(56, 1.2, 104), control=step(56, 1.5, 1))
        change = self.metric(self.trend(code=1), "latency_p99_us")["changes"][0]
        self.assertIn("control_memory_copy_mib_per_s", change["machine_moved"])
        self.assertIn("the machine moved, not the code",
                      self.analyze("--db", self.db, "--trend", code=1).stdout)

    def test_a_control_that_moved_elsewhere_excuses_nothing(self):
        for moved in (20, 53):
            db = os.path.join(self.dir, str(moved))
            self.history(60, p99=step(40, 1.2, 104), control=step(moved, 1.5, 1), db=db)
            trend = self.trend(db=db)
            self.assertIsNone(self.metric(trend, "latency_p99_us")["changes"][0]["machine_moved"])
            self.assertTrue(any(c["changes"] for c in trend["controls"]))


class Shapes(TrendCase):
    def test_too_short(self):
        self.history(5)
        trend = self.trend(code=5)
        self.assertEqual(trend["verdict"], "inconclusive")
        self.assertEqual({m["state"] for m in trend["metrics"]}, {"too_short"})
        self.trend("--fail-on=regression", code=0)

    def test_drift_is_told_and_is_no_step(self):
        self.history(60, p99=lambda i: 104 * 1.004**i)
        p99 = self.metric(self.trend(), "latency_p99_us")
        self.assertEqual(p99["changes"], [])
        self.assertTrue(p99["drift"]["drifts"])
        self.assertAlmostEqual(p99["drift"]["percent_per_run"], 0.4, delta=0.05)
        self.assertAlmostEqual(p99["drift"]["percent_per_30_days"], 100 * (1.004**30 - 1), delta=2)

    def test_ramps_everywhere_are_inconclusive(self):
        self.history(60, p99=lambda i: 104 * 1.01**i, p50=lambda i: 80 * 1.01**i,
                     rate=lambda i: 50000 * 0.99**i, failed=lambda i: round(100 * 1.05**i))
        trend = self.trend(code=5)
        self.assertEqual({m["state"] for m in trend["metrics"]}, {"trending"})

    def test_season(self):
        self.history(84, p99=lambda i: 104 * (1 + 0.2 * math.sin(2 * math.pi * i / 7)))
        p99 = self.metric(self.trend(), "latency_p99_us")
        self.assertEqual(p99["state"], "seasonal")
        self.assertAlmostEqual(p99["period_runs"], 7, delta=0.2)

    def test_constant(self):
        self.history(30, noise=0)
        trend = self.trend()
        self.assertEqual({m["state"] for m in trend["metrics"]}, {"constant"})
        self.assertEqual(trend["verdict"], "same")

    def test_missing_figures_are_left_out_and_counted(self):
        self.history(60, p99=lambda i: None if i % 3 == 0 else 104 * (1.2 if i >= 40 else 1))
        p99 = self.metric(self.trend(), "latency_p99_us")
        self.assertEqual((p99["runs"], p99["runs_without"]), (40, 20))
        self.assertEqual(len(p99["changes"]), 1)


class Runs(TrendCase):
    def test_invalid_and_unfinished_runs_are_left_out(self):
        self.history(60, valid=lambda i: 0 if i in (7, 59) else 1,
                     state=lambda i: "failed" if i == 9 else "done",
                     p99=lambda i: 500 if i in (7, 9, 59) else 104)
        trend = self.trend()
        self.assertEqual([r["id"] for r in trend["runs"]["left_out"]], [8, 60])
        self.assertEqual(trend["runs"]["good"], 57)
        self.assertEqual(self.metric(trend, "latency_p99_us")["changes"], [])
        self.assertIn("2 invalid runs left out: 8, 60", trend["notes"])

    def test_only_invalid_runs(self):
        self.history(10, valid=lambda i: 0)
        self.assertEqual(self.trend(code=6)["verdict"], "invalid")
        self.trend("--fail-on=none", code=0)

    def test_no_done_run(self):
        self.history(3, state=lambda i: "failed")
        trend = self.trend(code=5)
        self.assertEqual(trend["runs"]["looked_at"], 0)
        self.assertIsNone(trend["stored_as"])

    def test_a_clock_that_went_back(self):
        starts = [BEGIN_NS + i * DAY_NS for i in range(60)]
        starts[30], starts[31] = starts[31], starts[30]
        self.history(60, start=lambda i: starts[i], p99=step(40, 1.2, 104))
        trend = self.trend()
        self.assertEqual(trend["disordered"], 1)
        self.assertTrue(any("ordered by start, then id" in n for n in trend["notes"]))
        self.assertEqual(self.metric(trend, "latency_p99_us")["changes"][0]["run"]["id"], 41)

    def test_all_at_one_moment(self):
        self.history(30, start=lambda i: BEGIN_NS)
        drift = self.metric(self.trend(), "latency_p99_us")["drift"]
        self.assertIsNone(drift["percent_per_30_days"])

    def test_several_histories_of_a_workload(self):
        self.history(10, key="old")
        self.history(12, key="new", start=lambda i: BEGIN_NS + (100 + i) * DAY_NS)
        self.history(8, key="other", workload="v", start=lambda i: BEGIN_NS + (200 + i) * DAY_NS)
        self.assertEqual(self.trend()["history_key"], "other")
        trend = self.trend("w")
        self.assertEqual((trend["history_key"], trend["histories_of_workload"]), ("new", 2))
        self.assertTrue(any("2 histories" in n for n in trend["notes"]))
        self.assertEqual(self.trend("--run", "3")["history_key"], "old")
        self.assertEqual(
            json.loads(self.analyze("--db", self.db, "--trend=w", "--json").stdout)["runs"]["good"], 12)

    def test_long_histories_are_capped(self):
        self.history(10050, p99=step(9000, 1.2, 104))
        trend = self.trend()
        self.assertTrue(trend["capped"])
        self.assertEqual(trend["runs"]["looked_at"], 10000)
        self.assertEqual(self.metric(trend, "latency_p99_us")["changes"][0]["run"]["id"], 9001)


class Pinned(TrendCase):
    def test_slow_drift_does_not_become_the_new_normal(self):
        self.history(120, p99=lambda i: 104 * 1.0008**i)
        self.analyze("--db", self.db, "--set-baseline", "then", *map(str, range(1, 11)))
        trend = self.trend()
        pinned = self.metric(trend, "latency_p99_us")["baseline"]
        self.assertEqual((pinned["name"], pinned["baseline_runs"], pinned["newest_runs"]),
                         ("then", 10, 20))
        self.assertTrue(pinned["moved"] and pinned["worse"])
        self.assertAlmostEqual(pinned["percent"], 9, delta=1.5)
        self.assertFalse(self.metric(trend, "latency_p50_us")["baseline"]["moved"])

    def test_only_the_last_segment_is_held_against_it(self):
        self.history(60, p99=step(50, 1.2, 104))
        self.analyze("--db", self.db, "--set-baseline", "then", *map(str, range(1, 11)))
        trend = self.trend("--last", "1")
        self.assertEqual(self.metric(trend, "latency_p99_us")["baseline"]["newest_runs"], 10)
        self.assertEqual(self.metric(trend, "latency_p50_us")["baseline"]["newest_runs"], 20)

    def test_too_few_pinned_runs(self):
        self.history(40)
        self.analyze("--db", self.db, "--set-baseline", "baseline", "1")
        pinned = self.metric(self.trend(), "latency_p99_us")["baseline"]
        self.assertIsNone(pinned["moved"])
        self.assertIn("fewer than 3", pinned["p_missing"])

    def test_none_of_this_history(self):
        self.history(40)
        self.assertIsNone(self.metric(self.trend(), "latency_p99_us")["baseline"])


class Stored(TrendCase):
    def test_replay_repeats_it(self):
        self.history(60, p99=step(56, 1.2, 104))
        stored = self.trend(code=1)["stored_as"]
        self.assertEqual(self.sql("SELECT kind, run_id, verdict FROM analysis WHERE id = ?", stored),
                         [("trend", 60, "regression")])
        text = self.analyze("--db", self.db, "--replay", str(stored)).stdout
        self.assertIn("IDENTICAL", text)
        self.assertIn("Newer data: none", text)

    def test_replay_is_of_its_own_runs(self):
        self.history(60, p99=step(56, 1.2, 104))
        stored = self.trend(code=1)["stored_as"]
        self.history(20, p99=lambda i: 124.8, start=lambda i: BEGIN_NS + (70 + i) * DAY_NS,
                     commit=lambda i: f"d{i:04}")
        text = self.analyze("--db", self.db, "--replay", str(stored)).stdout
        self.assertIn("IDENTICAL", text)
        self.assertIn("with the 80 runs", text)
        self.assertIn("verdict would be same", text)

    def test_replay_tells_changed_figures_and_damage(self):
        self.history(60)
        stored = self.trend()["stored_as"]
        self.sql("UPDATE summary SET p99_ns = p99_ns * 2 WHERE run_id = 30 AND time = 'latency'")
        text = self.analyze("--db", self.db, "--replay", str(stored), code=1).stdout
        self.assertIn("DIFFERENT: the figures of its runs are not those of then", text)
        self.sql("UPDATE analysis SET parameters = '{\"last\": 0}'")
        self.analyze("--db", self.db, "--replay", str(stored), code=2)

    def test_told_also_while_a_run_writes(self):
        self.history(30)
        with open(self.db + "-lock", "w", encoding="utf-8") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            trend = self.trend()
            self.assertIsNone(trend["stored_as"])
            self.assertIn("not stored: ", self.analyze("--db", self.db, "--trend").stdout)
        self.assertIn("is writing to it", trend["stored_as_missing"])


class Usage(TrendCase):
    def fails(self, *options, code=2, says):
        result = self.analyze("--db", self.db, *options, code=code)
        self.assertIn(says, result.stderr)

    def test_bad_input(self):
        self.history(10)
        self.fails("--trend", "--last", "0", says="--last")
        self.fails("--trend", "--last=many", says="whole number")
        self.fails("--trend", "--metric", "speed", says="no such metric")
        self.fails("--trend", "nothing", says="no run of workload")
        self.fails("--trend", "--run", "99", says="99")
        self.fails("--trend=w", "--run", "1", says="not both")
        self.fails("--trend", "--run", "1", "--run", "2", says="one --run")
        self.fails("--trend", "--csv", says="--csv does not go with --trend")
        self.fails("--trend", "--html", os.path.join(self.dir, "a.html"), says="--html")
        self.fails("--trend", "--list", says="--list does not go with --trend")
        self.fails("--trend", "--fail-on=rain", says="--fail-on")
        self.fails("--calibrate", "--plot", self.dir, says="--plot does not go with --calibrate")
        self.fails("--calibrate", "--markdown", says="--markdown does not go with --calibrate")
        self.fails("--metric", "latency_p50_us", says="--metric")
        self.sql("UPDATE run SET margins = 'speed:1%'")
        self.fails("--trend", says="margins")

    def test_metrics_by_name(self):
        self.history(30)
        names = [m["name"] for m in self.trend("--metric", "latency_mean_us", "--metric",
                                               "latency_p50_us")["metrics"]]
        self.assertEqual(names, ["throughput_msg_per_s", "latency_p50_us", "latency_p99_us",
                                 "error_count", "latency_mean_us"])

    def test_files_beside_the_text(self):
        self.history(30)
        path = os.path.join(self.dir, "trend.md")
        text = self.analyze("--db", self.db, "--trend", f"--markdown={path}").stdout
        self.assertIn(path, text)
        with open(path, encoding="utf-8") as file:
            self.assertTrue(file.read().startswith("**same**"))


@unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
class Chart(TrendCase):
    def test_two_files(self):
        self.history(60, p99=step(40, 1.2, 104), p50=lambda i: 80 * 1.004**i,
                     valid=lambda i: i != 9, workload="w'x")
        folder = os.path.join(self.dir, "charts")
        text = self.analyze("--db", self.db, "--trend", "--plot", folder).stdout
        self.assertEqual(sorted(os.listdir(folder)), ["trend_w_x_60.png", "trend_w_x_60.svg"])
        for name in os.listdir(folder):
            self.assertIn(os.path.join(folder, name), text)
        with open(os.path.join(folder, "trend_w_x_60.svg"), encoding="utf-8") as file:
            svg = file.read()
        for part in ("latency_p99_us", "1 change", "not segmented", "2026-0"):
            self.assertIn(part, svg)

    def test_nothing_to_draw(self):
        self.history(3, valid=lambda i: 0)
        text = self.analyze("--db", self.db, "--trend", "--plot", self.dir, code=6).stdout
        self.assertIn("no trend chart: no valid run has a figure", text)


@unittest.skipUnless(jsonschema, "python3-jsonschema is not installed")
class Contract(TrendCase):
    def check(self, trend):
        with open(SCHEMA, encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft7Validator.check_schema(schema)
        jsonschema.Draft7Validator(schema).validate(trend)
        for metric in trend["metrics"] + trend["controls"]:
            for name in ("now", "drift", "baseline"):
                self.assertEqual(metric[name] is None, name + "_missing" in metric, name)

    def test_output_keeps_the_schema(self):
        self.history(60, noise=0.03, p99=step(30, 1.2, 104), failed=lambda i: i >= 30,
                     valid=lambda i: i != 9, control=step(30, 1.5, 1))
        self.check(self.trend())
        self.analyze("--db", self.db, "--set-baseline", "baseline", *map(str, range(40, 47)))
        self.check(self.trend("--metric", "errors_percent", "--metric", "in_order_percent"))
        self.check(json.loads(self.analyze("--db", self.db, "--trend", "--json=lines").stdout))

    def test_short_and_empty_ones_too(self):
        self.history(3, valid=lambda i: 0)
        self.check(self.trend(code=6))
        self.history(4, start=lambda i: BEGIN_NS + (10 + i) * DAY_NS, p99=lambda i: None)
        self.check(self.trend(code=5))


class Calibrate(TrendCase):
    def calibrate(self, *options, code=0):
        result = self.analyze("--db", self.db, "--calibrate", "--json", *options, code=code)
        return {m["name"]: m for m in json.loads(result.stdout)["metrics"]}

    @unittest.skipIf(SANITIZED, "takes a minute; the other tests go the same way")
    def test_own_noise(self):
        self.history(60, p50=step(30, 1.3, 80), failed=lambda i: 7, noise=0.01)
        found = self.calibrate()
        for name in ("latency_p50_us", "throughput_msg_per_s"):
            self.assertLess(found[name]["alarms_per_100_runs"], 0.1)
            self.assertGreater(found[name]["alarms_per_100_runs_bound95"],
                               found[name]["alarms_per_100_runs"])
            self.assertGreaterEqual(found[name]["runs_tested"], 10000)
            # the margin is 3 %: no smaller change is told, whatever the noise
            self.assertTrue(2.9 < found[name]["detectable_percent"] < 5, found[name])

    def test_more_noise_hides_more(self):
        self.history(20 if SANITIZED else 60, noise=0.04)
        self.assertGreater(self.calibrate()["latency_p50_us"]["detectable_percent"], 8)

    def test_too_short_and_invalid(self):
        self.history(10)
        found = self.calibrate(code=5)
        self.assertEqual(found["latency_p50_us"]["missing"], "fewer than 20 runs")
        self.assertIn("not calibrated: fewer than 20 runs",
                      self.analyze("--db", self.db, "--calibrate", code=5).stdout)
        self.sql("UPDATE run SET valid = 0")
        self.calibrate(code=6)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
