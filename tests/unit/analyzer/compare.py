# SPDX-License-Identifier: BSD-3-Clause
"""Comparisons as a user calls them: compare.py ANALYZE MAKE_FIXTURE SCHEMA.

Files are made with known shifts; the noise between runs is drawn from a fixed seed."""
import fcntl
import json
import math
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

ANALYZE, FIXTURE, SCHEMA = map(os.path.abspath, sys.argv[1:4])
with open(SCHEMA, encoding="utf-8") as _file:
    VALIDATOR = jsonschema.Draft7Validator(json.load(_file))
STARTED = 1767323045 * 10**9
HOSTILE = "a`b`$(c)|<b>@x \x1b[31m\n# y"


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.db = os.path.join(self.dir, "results.db")
        self.random = random.Random(5)
        self.made = 0

    def tearDown(self):
        shutil.rmtree(self.dir)

    def runs(self, count, *words, latency=1.0, rate=1.0, control=1.0, noise=0.01, file=None):
        """Appends runs, a minute apart; returns their ids. No errors, so that counts are quiet."""
        made = []
        for _ in range(count):
            drawn = [f"{name}={level * math.exp(self.random.gauss(0, noise)):.5f}"
                     for name, level in (("latency", latency), ("rate", rate), ("control", control))]
            made += ["--"] if made else []
            made += [*drawn, "errors=-1", "seconds=2",
                     f"started={STARTED + self.made * 60 * 10**9}", *words]
            self.made += 1
        done = subprocess.run([FIXTURE, file or self.db, *made], check=True, stdout=subprocess.PIPE,
                              text=True)
        return done.stdout.split()

    def analyze(self, *args, code=0, file=None):
        done = subprocess.run([ANALYZE, "--db", file or self.db, *args], cwd=self.dir, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, code, (done.stderr + done.stdout)[:2000])
        return done

    def compare(self, *args, code=0, file=None):
        done = self.analyze("--compare", *args, code=code, file=file)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 100, line)
        return done.stdout

    def json(self, *args, code=0, file=None):
        found = json.loads(self.analyze("--compare", *args, "--json=lines", code=code,
                                        file=file).stdout)
        VALIDATOR.validate(found)
        return found

    def baseline(self, ids, name="baseline", file=None):
        self.analyze("--set-baseline", name, *ids, file=file)

    def sql(self, *statements):
        with sqlite3.connect(self.db) as db:
            for statement in statements:
                db.execute(statement)
        db.close()


def metric(found, name):
    return next(m for m in found["result"]["metrics"] if m["metric"] == name)


class Verdicts(Case):
    def test_regression_of_one_run(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, "commit=beef", latency=1.2)
        text = self.compare(code=1)
        self.assertTrue(text.startswith("REGRESSION  tcp_small_burst_1kib  run 13 against baseline"))
        self.assertIn("beef", text)
        self.assertIn("7 earlier runs in 1 stretch", text)
        last = text.strip().rsplit("Regression: ", 1)[1]
        self.assertRegex(" ".join(last.split()),
                         r"^latency_p\w+ is 1\.[12]\d+ times the baseline's \(95 % interval ")
        found = self.json(code=1)
        p99 = metric(found, "latency_p99_us")
        self.assertEqual((p99["verdict"], p99["decides"]), ("regression", True))
        self.assertLess(abs(p99["ratio"] - 1.2), 0.05)
        self.assertTrue(p99["ratio_lo"] < p99["ratio"] < p99["ratio_hi"])
        self.assertEqual(metric(found, "throughput_msg_per_s")["method"], "moderated t")
        self.assertIn(found["worst_metric"], found["conclusion"])
        shift = {s["quantile"]: s["ratio"] for s in found["result"]["latency_shift"]}
        self.assertLess(abs(shift[0.5] - 1.2), 0.05)
        self.assertLess(abs(shift[0.99] - 1.2), 0.05)

    def test_same_and_improvement(self):
        self.baseline(self.runs(20, noise=0.002)[-8:])
        self.runs(1, noise=0.002)
        self.assertTrue(self.compare().startswith("SAME"))
        self.runs(1, noise=0.002, latency=0.8, rate=1.2)
        self.assertTrue(self.compare().startswith("IMPROVEMENT"))
        self.assertEqual(self.json()["verdict"], "improvement")

    def test_joint_permutation_from_five_on(self):
        self.baseline(self.runs(6, noise=0.003))
        ids = self.runs(6, latency=1.15, noise=0.003)
        found = self.json(*[f"--run={i}" for i in ids], code=1)
        gate = found["result"]["gate"]
        self.assertTrue(gate["joint"] and gate["exact"])
        self.assertLessEqual(gate["p"], 0.05)
        self.assertEqual(found["result"]["history_runs"], 0)

    def test_swapped_sides_flip_the_sign(self):
        a, b = self.runs(6, noise=0.003), self.runs(6, latency=1.15, noise=0.003)
        self.baseline(a, "a")
        self.baseline(b, "b")
        there = self.json("a", *[f"--run={i}" for i in b], code=1)
        back = self.json("b", *[f"--run={i}" for i in a], code=0)
        for name in ("latency_p50_us", "latency_p99_us", "throughput_msg_per_s"):
            x, y = metric(there, name), metric(back, name)
            self.assertAlmostEqual(x["shift"], -y["shift"], places=9)
            self.assertAlmostEqual(x["cliff"], -y["cliff"], places=9)
            self.assertAlmostEqual(x["p"], y["p"], places=12)
            self.assertAlmostEqual(x["shift_lo"], -y["shift_hi"], places=9)

    def test_a_run_given_twice_counts_once_and_order_does_not_matter(self):
        a = self.runs(5)
        self.baseline(a)
        b = self.runs(3, latency=1.1)
        once = self.json(*[f"--run={i}" for i in b], code=1)
        again = self.json(*[f"--run={i}" for i in [*b, b[0]]], code=1)
        self.assertEqual(once["result"], again["result"])
        self.assertIn("counts once", " ".join(again["notes"]))
        turned = self.json(*[f"--run={i}" for i in reversed(b)], code=1)
        for x, y in zip(once["result"]["metrics"], turned["result"]["metrics"]):
            for part in ("shift", "p", "cliff"):
                if x[part] is not None:
                    self.assertAlmostEqual(x[part], y[part], places=9)
            self.assertEqual(x["verdict"], y["verdict"])

    def test_order_of_merging_does_not_matter(self):
        one, two = (os.path.join(self.dir, n) for n in ("one.db", "two.db"))
        self.runs(5, file=one)
        self.runs(5, latency=1.2, file=two)
        self.sql_uuid(two)
        results = []
        for name, order in (("x.db", (one, two)), ("y.db", (two, one))):
            file = os.path.join(self.dir, name)
            shutil.copy(order[0], file)
            self.analyze("--db-merge", order[1], file=file)
            with sqlite3.connect(file) as db:
                ids = [str(i) for i, in db.execute("SELECT id FROM run ORDER BY started_ns")]
            db.close()
            self.baseline(ids[:5], file=file)
            results.append(self.json(*[f"--run={i}" for i in ids[5:]], code=1, file=file)["result"])
        self.assertEqual(*results)

    def sql_uuid(self, file):
        """The fixture numbers uuids by file."""
        with sqlite3.connect(file) as db:
            db.execute("UPDATE run SET uuid = 'ffff' || substr(uuid, 5)")
        db.close()

    def test_errors_appear(self):
        self.baseline(self.runs(6))
        self.runs(1, "errors=9")
        text = self.compare(code=1)
        self.assertIn("error_count: there are some where the baseline's runs had none", text)
        row = metric(self.json(code=1), "error_count")
        self.assertEqual((row["verdict"], row["ratio"], row["a"], row["b"]),
                         ("regression", None, 0, 36))

    def test_one_against_one_needs_a_history(self):
        self.baseline(self.runs(1))
        self.runs(1, latency=1.3)
        text = self.compare(code=5)
        self.assertIn("one run against one needs a history of at least 8 degrees of freedom",
                      " ".join(text.split()))
        self.sql("PRAGMA foreign_keys = OFF", "DELETE FROM run")
        ids = self.runs(12, "seconds=10")
        self.baseline(ids[-1:])
        self.runs(1, "seconds=10", latency=1.3)
        self.assertTrue(self.compare(code=1).startswith("REGRESSION"))

    def test_runs_that_would_decide_and_their_time(self):
        self.baseline(self.runs(12, noise=0.08)[-3:])
        self.runs(1, latency=1.05, noise=0.08)
        self.assertRegex(" ".join(self.compare(code=5).split()),
                         r"Inconclusive: .* \d+ runs a side \(.* each\) would\.")
        needed = [m["runs_needed"] for m in self.json(code=5)["result"]["metrics"]
                  if m["decides"] and m["verdict"] == "inconclusive"]
        self.assertTrue(any(n and n > 5 for n in needed))

    def test_history_is_divided_where_it_changed(self):
        self.runs(15, latency=2, noise=0.004)
        self.baseline(self.runs(15, noise=0.004)[-2:])
        self.runs(1, noise=0.004)
        result = self.json(code=0)["result"]
        self.assertEqual(result["history_stretches"], 2)
        self.assertLess(metric({"result": result}, "latency_p99_us")["prior_sd"], 0.02)

    def test_few_runs_say_what_ranks_could_reach(self):
        self.baseline(self.runs(12)[-3:])
        ids = self.runs(3)
        text = " ".join(self.analyze("--compare", *[f"--run={i}" for i in ids],
                                     "--fail-on=none").stdout.split())
        self.assertIn("3 against 3 runs: ranks alone cannot give a p below 0.1", text)


class Margins(Case):
    def test_the_job_gives_margins(self):
        self.baseline(self.runs(12, noise=0.003)[-5:])
        wide = ", ".join(f"{t}_{q}_us:40%" for t in ("latency", "service")
                         for q in ("p50", "p90", "p95", "p99", "p999", "mean"))
        self.runs(1, f"margins={wide}", latency=1.2, noise=0.003)
        found = self.json()
        self.assertEqual(metric(found, "latency_p99_us")["margin"], 0.4)
        self.assertEqual(metric(found, "latency_p99_us")["verdict"], "same")

    def test_a_bad_margin_names_run_and_metric(self):
        self.baseline(self.runs(3))
        for text, says in (("no_such_us:4%", "no such metric"), ("latency_p99_us", "expected"),
                           ("latency_p99_us:0%", "expected"), ("latency_p99_us:x", "expected")):
            self.runs(1, f"margins={text}")
            error = self.analyze("--compare", code=2).stderr
            for word in (text, says, f"run {self.made}"):
                self.assertIn(word, error)


class Incomparable(Case):
    def refused(self, *says, args=(), forced=(0, 1, 5)):
        """Exit 6 in every format, and with --force a comparison that says so."""
        text = " ".join(self.compare(*args, code=6).split())
        self.assertTrue(text.startswith("NOT COMPARABLE"))
        for word in says:
            self.assertIn(word, text)
        found = self.json(*args, code=6)
        self.assertEqual((found["verdict"], found["comparable"], found["result"]),
                         ("incomparable", False, None))
        markdown = self.analyze("--compare", *args, "--markdown", code=6).stdout
        self.assertIn("incomparable", markdown)
        done = subprocess.run([ANALYZE, "--db", self.db, "--compare", *args, "--force"],
                              stdout=subprocess.PIPE, text=True)
        self.assertIn(done.returncode, forced)
        self.assertTrue(done.stdout.startswith("FORCED: these runs are not comparable"))
        found = self.json(*args, "--force", code=done.returncode)
        self.assertTrue(found["forced"] and found["obstacles"] and found["result"])
        markdown = self.analyze("--compare", *args, "--force", "--markdown",
                                code=done.returncode).stdout
        self.assertIn("**Forced: these runs are not comparable", markdown)

    def test_other_workload(self):
        self.baseline(self.runs(5))
        self.runs(1, "workload=other", "key=77")
        self.refused("different workloads", "run 6 is other", "--run")

    def test_other_job(self):
        self.baseline(self.runs(5, "job=[global]\nseed = 3\npayload = 64\n"))
        self.runs(1, "key=78", "job=[global]\nseed = 4\npayload = 65\n")
        self.refused("the jobs differ", '"payload = 64"', '"payload = 65"')

    def test_a_steered_run(self):
        self.baseline(self.runs(5))
        self.runs(1, "key=own")
        self.sql("INSERT INTO command (run_id, at_ns, name, argument, result) VALUES "
                 "(6, 1, 'rate', '5', 'refused: no'), (6, 2, 'fault', 'loss=1%', 'done'), "
                 "(6, 3, 'next', NULL, 'done'), (1, 4, 'rate', '5', 'refused: no')")
        self.refused("run 6 was steered while it went on (gen ctl fault loss=1%)",
                     "run its job again without")
        self.assertEqual(len(self.json(code=6)["obstacles"]), 1)  # of the keys nothing besides

    def test_other_machine(self):
        self.baseline(self.runs(5))
        self.runs(1, "kernel=7.0")
        self.refused("the machines differ: kernel is 6.1.0 in the baseline and 7.0 now",
                     "set a baseline on this machine")

    def test_a_warning_field_is_only_shown(self):
        self.baseline(self.runs(12, "governor=powersave")[-5:])
        self.runs(1, "governor=performance", latency=1.3)
        text = self.compare(code=1)
        self.assertIn("differs     governor: powersave in the baseline, performance now", text)
        self.assertEqual(self.json(code=1)["environment_differences"],
                         [{"name": "governor", "class": "warn", "a": "powersave",
                           "b": "performance"}])
        self.assertIn("powersave", self.analyze("--compare", "--markdown", code=1).stdout)

    def test_an_invalid_run(self):
        self.baseline(self.runs(5))
        self.runs(1, "invalid")
        self.refused("run 6 is invalid (lateness p99 above its bound)", "run it again")

    def test_an_invalid_run_of_the_baseline(self):
        self.baseline(self.runs(5))
        self.sql("UPDATE run SET valid = 0 WHERE id = 2")
        self.runs(1)
        self.refused("run 2 is invalid (no reason is stored)")

    def test_unfinished_runs(self):
        self.baseline(self.runs(5))
        self.runs(1, "aborted")
        self.refused("run 6 did not end well, it is aborted")
        self.runs(1, "dead")
        self.refused("run 7 did not end well, it is interrupted")

    def test_a_run_still_going_on(self):
        self.baseline(self.runs(5))
        self.runs(1, "running")
        with open(self.db + "-lock", "w", encoding="ascii") as lock:  # as its writer does
            fcntl.lockf(lock, fcntl.LOCK_EX)
            text = " ".join(self.compare(code=6).split())
        self.assertIn("run 6 is still going on: compare it when it has ended", text)


class NoVerdict(Case):
    def test_no_baseline_yet(self):
        self.runs(1)
        error = self.analyze("--compare", code=5).stderr
        for word in ('no baseline "baseline" yet', "--set-baseline baseline"):
            self.assertIn(word, error)
        self.baseline(["1"], "main")
        self.assertIn("there are main", self.analyze("--compare=maim", code=5).stderr)
        self.analyze("--compare", "--fail-on=regression")
        self.analyze("--compare", "--fail-on=inconclusive", code=5)

    def test_the_run_is_the_baseline(self):
        self.baseline(self.runs(1))
        self.assertIn("run 1 is all that baseline", self.analyze("--compare", code=5).stderr)
        self.baseline(self.runs(3))
        self.assertIn("run 4 belongs to the baseline", self.compare(code=5))

    def test_runs_pruned_away(self):
        self.baseline(self.runs(12)[-5:])
        self.sql("PRAGMA foreign_keys = OFF", "DELETE FROM run WHERE id = 12")
        self.runs(1, latency=1.3)
        self.assertIn("run 12 of the baseline is not in the file any more", self.compare(code=1))
        self.sql("PRAGMA foreign_keys = OFF", "DELETE FROM run WHERE id BETWEEN 8 AND 11")
        error = self.analyze("--compare", code=5).stderr
        self.assertIn("not in the file any more", error)
        self.assertIn("--set-baseline", error)

    def test_raw_samples_pruned(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.3)
        before = self.json(code=1)["result"]
        self.analyze("--db-prune", "--older-than=1s")
        self.assertEqual(self.json(code=1)["result"], before)

    def test_missing_metrics(self):
        self.baseline(self.runs(20, noise=0.002)[-8:])
        self.runs(1, noise=0.002)
        self.sql("UPDATE summary SET p50_ns = NULL, p99_ns = NULL, mean_ns = NULL, blob = NULL "
                 "WHERE run_id = 21 AND time = 'latency'")
        error = self.analyze("--compare", code=2).stderr
        self.assertIn("run 21", error)
        self.sql("DELETE FROM summary WHERE run_id = 21 AND time = 'latency'")
        found = self.json(code=5)
        row = metric(found, "latency_p99_us")
        self.assertEqual((row["verdict"], row["b"], row["reason"]),
                         ("inconclusive", None, "a side has no value"))
        self.assertIn("cannot be judged: a side has no value", found["conclusion"])
        self.sql("DELETE FROM summary WHERE time = 'latency'")
        self.assertFalse(metric(self.json("--fail-on=none"), "latency_p99_us")["decides"])

    def test_a_clock_set_back(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, "backwards", latency=1.3)
        text = self.compare(code=1)
        self.assertIn("run 13 ends before it begins: its clock was set back", text)
        self.assertIsNone(self.json(code=1)["run_s"])
        self.sql("UPDATE phase SET ended_ns = started_ns - 5 WHERE run_id = 13 AND measured")
        row = metric(self.json(code=1), "throughput_msg_per_s")
        self.assertEqual((row["verdict"], row["b"]), ("inconclusive", None))

    def test_no_such_run(self):
        self.baseline(self.runs(3))
        self.assertIn('no run "9"', self.analyze("--compare", "--run", "9", code=2).stderr)


class Controls(Case):
    def test_the_machine_moved(self):
        self.baseline(self.runs(12, noise=0.003)[-5:])
        self.runs(1, latency=1.2, noise=0.003)
        self.assertIsNone(self.json(code=1)["machine_moved"])
        self.sql("DELETE FROM analysis", "PRAGMA foreign_keys = OFF", "DELETE FROM run WHERE id = 13")
        self.runs(1, latency=1.2, control=1.5, noise=0.003)
        says = "The machine moved, not the code"
        self.assertIn(says, self.compare(code=1))
        found = self.json(code=1)
        self.assertIn(says, found["machine_moved"])
        self.assertIn("memory&#95;copy", self.analyze("--compare", "--markdown", code=1).stdout)


class Interleaved(Case):
    def rounds(self, count, latency):
        for i in range(1, count + 1):
            for side in ("AB", "BA")[i % 2]:
                self.runs(1, "set=5e7", f"round={i}", f"side={side}", f"key=job{side}",
                          latency=(latency if side == "B" else 1) * (1 + 0.05 * i), noise=0.002)

    def test_pairs_share_what_drifts(self):
        self.rounds(8, 1.1)
        found = self.json("interleaved", code=1)
        self.assertTrue(found["interleaved"] and found["comparable"])
        row = metric(found, "latency_p99_us")
        self.assertEqual((row["method"], row["verdict"]), ("signed rank", "regression"))
        self.assertLess(abs(row["ratio"] - 1.1), 0.01)
        gate = found["result"]["gate"]
        self.assertTrue(gate["joint"] and gate["exact"])
        self.assertAlmostEqual(gate["p_min"], 2 / 256)
        self.assertEqual([r["interleave_round"] for r in found["a"]],
                         [r["interleave_round"] for r in found["b"]])

    def test_few_rounds_and_odd_ones(self):
        self.rounds(3, 1.1)
        self.runs(1, "set=5e7", "round=4", "side=A")
        text = " ".join(self.compare("interleaved", code=5).split())
        self.assertIn("run 7 has no partner in its round: it is left out", text)
        self.assertIn("3 pairs: no p can reach the level of 0.05 with fewer than 6 rounds", text)

    def test_which_set(self):
        self.rounds(2, 1)
        self.runs(1)
        self.assertIn("belongs to no interleaved set",
                      self.analyze("--compare", "interleaved", "--run=5", code=5).stderr)
        self.assertEqual(len(self.json("interleaved", "--run=2", code=5)["a"]), 2)
        self.assertIn("takes one --run",
                      self.analyze("--compare=interleaved", "--run=1", "--run=2", code=2).stderr)

    def test_none_yet(self):
        self.runs(1)
        self.assertIn("--interleave", self.analyze("--compare", "interleaved", code=5).stderr)


class Codes(Case):
    def test_fail_on(self):
        """Every state under every list, as the README says."""
        self.baseline(self.runs(12)[-5:])
        regression = self.runs(1, latency=1.3)[0]
        invalid = self.runs(1, "invalid")[0]
        self.runs(1)
        self.sql("DELETE FROM summary WHERE run_id = 15 AND time = 'latency'")
        table = {None: (1, 5, 6), "regression": (1, 0, 6), "inconclusive": (0, 5, 6),
                 "regression,inconclusive": (1, 5, 6), "invalid": (0, 0, 6), "none": (0, 0, 0),
                 "regression,invalid": (1, 0, 6)}
        for words, codes in table.items():
            given = [f"--fail-on={words}"] if words else []
            for run, code in zip((regression, "15", invalid), codes):
                self.analyze("--compare", "--run", run, *given, code=code)

    def test_bad_words(self):
        self.runs(1)
        for words in ("regresion", "regression,", "none,regression", "same"):
            expect = 2 if words != "regression," else 0
            self.analyze("--compare", f"--fail-on={words}", code=expect)
        for args in (["--fail-on=none"], ["--force"], ["--compare", "a", "b"], ["--compare="],
                     ["--compare", "--csv"], ["--compare", "--list"], ["--replay"],
                     ["--replay", "1", "--force"], ["--replay", "x"], ["--replay", "1"],
                     ["--replay", "1", "--plot", "x"], ["--list-analyses", "--json"]):
            self.analyze(*args, code=2)


class Stored(Case):
    def test_replay_is_identical_then_tells_what_is_new(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.2)
        self.compare(code=1)
        text = self.analyze("--replay", "1").stdout
        self.assertIn("IDENTICAL", text)
        self.assertIn("Newer data: none", text)
        self.runs(3)
        text = " ".join(self.analyze("--replay=1").stdout.split())
        self.assertIn("IDENTICAL", text)
        self.assertIn("5 runs of the baseline and 10 of the history as they are now the verdict "
                      "would still be regression", text)
        self.baseline(["13", "14"])
        self.baseline(["14"])
        text = self.analyze("--replay=1").stdout
        self.assertIn("IDENTICAL", text)
        self.analyze("--drop-baseline", "baseline")
        self.assertIn("none to judge by", self.analyze("--replay=1").stdout)

    def test_replay_names_what_differs(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.2)
        self.compare(code=1)
        self.sql("UPDATE summary SET p99_ns = p99_ns + 1000 WHERE run_id = 13 AND time = 'latency'")
        text = self.analyze("--replay", "1", code=1).stdout
        self.assertIn("DIFFERENT: the figures of its runs are not those of then", text)
        self.assertIn("latency_p99_us", text)
        self.sql("UPDATE run SET uuid = 'gone' WHERE id = 12")
        self.assertIn("is not in this file", self.analyze("--replay", "1", code=6).stderr)

    def test_replay_of_damage(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.2)
        self.compare(code=1)
        self.sql("UPDATE analysis SET result = 'x'")
        self.assertIn("not JSON", self.analyze("--replay", "1", code=1).stdout)
        self.sql("UPDATE analysis SET parameters = '{\"a\": 3}'")
        self.assertIn("damaged", self.analyze("--replay", "1", code=2).stderr)
        self.sql("UPDATE analysis SET kind = 'dream'")
        self.assertIn('"dream"', self.analyze("--replay", "1", code=2).stderr)
        self.assertIn("no verdict 2", self.analyze("--replay", "2", code=2).stderr)

    def test_every_verdict_is_listed(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.2)
        self.runs(1, "invalid")
        self.compare("--run=13", code=1)
        self.compare(code=6)
        lines = self.analyze("--list-analyses").stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("regression", lines[1])
        self.assertIn("incomparable", lines[2])
        self.assertIn("IDENTICAL", self.analyze("--replay", "2").stdout)
        with sqlite3.connect(self.db) as db:
            kind, run, seed, text, hashed, version = db.execute(
                "SELECT kind, run_id, seed, parameters, inputs_hash, tool_version FROM analysis "
                "WHERE id = 1").fetchone()
        db.close()
        self.assertEqual((kind, run, len(hashed)), ("compare", 13, 32))
        self.assertTrue(seed > 0 and version)
        self.assertEqual(len(json.loads(text)["a"]), 5)

    def test_while_a_run_goes_on_it_is_shown_and_not_stored(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.2)
        with open(self.db + "-lock", "w", encoding="ascii") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            text = self.compare(code=1)
            found = self.json(code=1)
        self.assertIn("not stored", text)
        self.assertTrue(text.startswith("REGRESSION"))
        self.assertIsNone(found["analysis"]["id"])
        self.assertTrue(found["analysis"]["not_stored"])
        self.assertEqual(len(self.analyze("--list-analyses").stdout.splitlines()), 1)

    def test_same_data_same_verdict(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.2)
        one, two = self.json(code=1), self.json(code=1)
        self.assertEqual(one["result"], two["result"])
        self.assertEqual(one["analysis"]["seed"], two["analysis"]["seed"])
        self.assertNotEqual(one["analysis"]["id"], two["analysis"]["id"])


class Output(Case):
    def test_files_and_formats(self):
        self.baseline(self.runs(12)[-5:])
        self.runs(1, latency=1.2)
        path = os.path.join(self.dir, "comment.md")
        out = self.compare(f"--markdown={path}", code=1)
        self.assertIn(path, out)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.startswith("### 🔴 regression"))
        self.assertEqual(text.count("<details>"), text.count("</details>"))
        self.assertEqual(self.analyze("--compare", "--markdown=/no/such/x.md", code=3).stderr.count(
            "\n"), 1)

    @unittest.skipUnless(shutil.which("cmark-gfm"), "cmark-gfm is not installed")
    def test_markdown_is_read_as_tables(self):
        self.baseline(self.runs(12, "governor=a")[-5:])
        self.runs(1, "governor=b|c", latency=1.2)
        source = self.analyze("--compare", "--markdown", code=1).stdout
        page = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table"], input=source, text=True,
                              stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(page.count("<table>"), 4)
        self.assertEqual(page.count("<table>"), page.count("</table>"))
        names = [m["metric"] for m in self.json(code=1)["result"]["metrics"]]
        for name in names:
            self.assertEqual(page.count(f"<td><code>{name}</code></td>"), 1, name)

    def test_foreign_text_takes_nothing_over(self):
        self.baseline(self.runs(5, f"commit={HOSTILE}", f"workload={HOSTILE}",
                                f"governor={HOSTILE}"))
        self.runs(1, f"workload={HOSTILE}", "governor=x")
        out = self.compare("--fail-on=none")
        self.assertNotIn("\x1b", out)
        markdown = self.analyze("--compare", "--markdown", "--fail-on=none").stdout
        self.assertNotIn("\x1b", markdown)
        self.assertNotIn("<b>", markdown)
        self.assertNotIn("@x", markdown)
        self.json("--fail-on=none")

    def test_wide_values_keep_the_table_narrow(self):
        self.baseline(self.runs(12, rate=900000)[-5:])
        self.runs(1, latency=40000, rate=800000)
        self.compare(code=1)

    def test_schema_is_a_contract(self):
        jsonschema.Draft7Validator.check_schema(VALIDATOR.schema)
        self.baseline(self.runs(5))
        self.runs(1)
        found = self.json("--fail-on=none")
        self.assertTrue(list(VALIDATOR.iter_errors(dict(found, verdict="maybe"))))
        pretty = json.loads(self.analyze("--compare", "--json", "--fail-on=none").stdout)
        self.assertEqual(pretty["result"], found["result"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
