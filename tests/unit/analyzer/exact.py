# SPDX-License-Identifier: BSD-3-Clause
"""Percentiles are exact where all samples were kept, and say so; else they come from histograms,
and say why; of the run and of its parts. Against a sort of what was recorded.
argv: analyze, make_samples, by.schema.json."""
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    jsonschema = None

ANALYZE, MAKE_SAMPLES = (str(pathlib.Path(a).resolve()) for a in sys.argv[1:3])
SCHEMA = json.loads(pathlib.Path(sys.argv[3]).read_text(encoding="utf-8"))
S = 1_000_000_000
BASE = 100 * S
TIMES = ("latency", "service", "queueing", "lateness")
QUANTILES = {"p50": (50, 100), "p90": (90, 100), "p95": (95, 100), "p99": (99, 100), "p999": (999, 1000),
             "p9999": (9999, 10000)}
OK, TIMEOUT = 0, 5


class Sample:
    def __init__(self, end, latency, queueing=0, lateness=0, worker=0, operation=0, result=OK, measured=1, target=0):
        self.end, self.worker, self.operation, self.result, self.measured = end, worker, operation, result, measured
        self.target = target
        self.latency, self.queueing, self.lateness = latency, queueing, lateness
        self.service = latency - queueing - lateness

    def counts(self):
        return self.result == OK and self.measured

    def line(self):
        return (f"sample {self.worker} {self.end - self.latency} {self.latency} {self.queueing} {self.lateness} "
                f"{self.operation} {self.result} {self.measured} {self.target}\n")


def nearest(values, num, den):
    """Rank ceil(n p) of sorted values."""
    return values[max(1, -(-len(values) * num // den)) - 1]


class Case(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.db = pathlib.Path(self.scratch.name) / "samples.db"
        self.addCleanup(self.scratch.cleanup)

    def record(self, seconds, share=1, targets=()):
        """`seconds`: (phase, samples) of one second after the other, over both workers."""
        lines, now = [f"target {i} {target} 9000\n" for i, target in enumerate(targets, 1)], BASE
        for phase, samples in seconds:
            lines += [f"interval {worker} {now} {phase}\n" for worker in (0, 1)]
            lines += [s.line() for s in sorted(samples(now), key=lambda s: s.end)]
            now += S
        lines += [f"interval {worker} {now} {phase}\n" for worker in (0, 1)]
        subprocess.run([MAKE_SAMPLES, self.db, str(share)], input="".join(lines), text=True, check=True)

    def sql(self, *statements):
        with sqlite3.connect(self.db) as db:
            for statement in statements:
                rows = db.execute(statement).fetchall()
        db.close()
        return rows

    def analyze(self, *options):
        done = subprocess.run([ANALYZE, f"--db={self.db}", *options], capture_output=True, text=True, check=False)
        self.assertNotIn(done.returncode, (2, 3), done.stderr)
        return done.stdout

    def document(self):
        return json.loads(self.analyze("--json"))

    def expect_exact(self, samples):
        found = self.document()
        self.assertEqual((found["percentile_source"], found["percentile_error_percent"]), ("samples", 0),
                         found["null_reasons"])
        for time in TIMES:
            values = sorted(getattr(s, time) for s in samples if s.counts())
            self.assertEqual(found[f"{time}_count"], len(values))
            for name, (num, den) in QUANTILES.items():
                path = f"{time}_{name}_us"
                if found[path] is None:
                    self.assertLess(len(values) * (den - num), 10 * den, path)
                    continue
                self.assertTrue(found["figures"][path]["exact"])
                self.assertAlmostEqual(found[path] * 1000, nearest(values, num, den), delta=1e-3, msg=path)
                low, high = found["figures"][path].get("interval95", (None, None))
                if low is not None:
                    kept = set(values)
                    self.assertIn(round(low * 1000), kept, path)
                    self.assertIn(round(high * 1000), kept, path)
            for name, value in (("min", values[0]), ("max", values[-1]), ("mean", sum(values) / len(values))):
                self.assertAlmostEqual(found[f"{time}_{name}_us"] * 1000, value, delta=max(1e-3, value * 1e-11))
        self.assertIn("percentiles: exact, from all", self.analyze())

    def expect_histograms(self, why):
        found = self.document()
        self.assertEqual((found["percentile_source"], found["percentile_error_percent"]), ("histograms", 0.1))
        self.assertRegex(found["null_reasons"]["percentile_source"], why)
        self.assertFalse(found["figures"]["latency_p50_us"]["exact"])
        self.assertRegex(" ".join(self.analyze().split()), "percentiles: from histograms, .*" + why)
        return found


class Sets(Case):
    def check_set(self, draw, n=3000, seconds=4):
        made = []

        def second(now):
            some = [draw(now + 1 + i * (S - 2) // max(n, 1), i) for i in range(n)]
            made.extend(some)
            return some
        self.record([(1, second) for _ in range(seconds)] + [(2, lambda now: [])])
        self.expect_exact(made)

    def test_spread_over_nine_decades(self):
        r = random.Random(1)
        self.check_set(lambda end, i: Sample(end, int(10 ** r.uniform(3, 10)), worker=i % 2))

    def test_intervals_of_a_longer_run(self):
        """Ten seconds carry none; thirty that do not hang together do."""
        r = random.Random(8)
        self.check_set(lambda end, i: Sample(end, r.randrange(10_000, 90_000), worker=i % 2), n=400, seconds=30)
        figures = self.document()["figures"]
        for name in ("p50", "p90", "p99"):
            self.assertIn("interval95", figures[f"latency_{name}_us"], figures[f"latency_{name}_us"])
        self.db.unlink()
        self.check_set(lambda end, i: Sample(end, r.randrange(10_000, 90_000), worker=i % 2), n=400, seconds=10)
        about = self.document()["figures"]["latency_p50_us"]
        self.assertNotIn("interval95", about)
        self.assertRegex(about["interval95_missing"], r"its 10 seconds may be worth only \d\.\d independent ones")
        self.assertRegex(self.analyze(), r"-: .*independent seconds")

    def test_parts_of_the_latency(self):
        r = random.Random(2)

        def draw(end, i):
            queueing, lateness = r.randrange(0, 50_000), r.randrange(100, 400)
            return Sample(end, queueing + lateness + r.randrange(10_000, 90_000), queueing, lateness, i % 2)
        self.check_set(draw)

    def test_all_equal(self):
        self.check_set(lambda end, i: Sample(end, 123_457, 1_000, 55))

    def test_two_values(self):
        self.check_set(lambda end, i: Sample(end, 1_000_003 if i % 100 else 77_777_777))

    def test_huge_outliers(self):
        self.check_set(lambda end, i: Sample(end, 20_011 + i if i % 50 else 59 * S + i * 1_000_003))

    def test_beyond_the_histogram(self):
        self.check_set(lambda end, i: Sample(end, 30_001 + i if i % 3 else 140 * S + i * 7_000_001, worker=i % 2))

    def test_many_in_one_wide_bucket(self):
        r = random.Random(3)
        self.check_set(lambda end, i: Sample(end, 50 * S + r.randrange(1 << 25)))

    def test_one_sample(self):
        self.check_set(lambda end, i: Sample(end, 424_243, 7, 3), n=1, seconds=1)

    def test_zeros(self):
        self.check_set(lambda end, i: Sample(end, 0))

    def test_only_what_counts(self):
        """Failures, transactions of the warm-up and those that end in the drain."""
        r, made = random.Random(4), []

        def second(measured, n):
            def draw(now):
                some = [Sample(now + 1 + i * (S // n - 1), r.randrange(1000, 10**6), 0, 10, i % 2, 0,
                               TIMEOUT if i % 7 == 0 else OK, int(i % 11 > 0 and measured)) for i in range(n)]
                made.extend(some)
                return some
            return draw
        self.record([(0, second(0, 500)), (1, second(1, 4000)), (1, second(1, 4000)), (2, second(1, 50)),
                     (3, second(1, 3000)), (4, second(1, 20))])
        self.expect_exact(made)


class NotAll(Case):
    def fill(self, share=1):
        r = random.Random(5)
        self.record([(1, lambda now: [Sample(now + i * 100_000, r.randrange(10_000, 30_000)) for i in range(5000)])
                     for _ in range(3)] + [(2, lambda now: [])], share)

    def test_a_share_was_kept(self):
        self.fill(0.25)
        self.expect_histograms(r"\d+ of 15000 transactions were kept")

    def test_no_block_is_left(self):
        self.fill()
        exact = self.document()
        self.sql("DELETE FROM sample_block")
        found = self.expect_histograms("no raw samples are kept")
        for name in QUANTILES:
            value, bound = exact[f"latency_{name}_us"], found[f"latency_{name}_us"]
            if value is not None:
                self.assertTrue(value <= bound <= value * 1.001, name)

    def test_a_block_is_damaged(self):
        self.fill()
        (id_,), = self.sql("SELECT max(id) FROM sample_block")
        self.sql(f"UPDATE sample_block SET data = substr(data, 1, 99) || x'00' || substr(data, 101) WHERE id = {id_}")
        self.expect_histograms(f"raw samples {id_} are damaged: its checksum is wrong")

    def test_a_block_is_missing(self):
        self.fill()
        self.sql("DELETE FROM sample_block WHERE id = (SELECT min(id) FROM sample_block)")
        self.expect_histograms(r"\d+ of 15000 transactions were kept")

    def test_a_block_stands_twice(self):
        self.fill()
        columns = "run_id, phase_id, worker, started_ns, ended_ns, count, ratio, format, crc, data"
        self.sql(f"INSERT INTO sample_block ({columns}) SELECT {columns} FROM sample_block LIMIT 1")
        self.expect_histograms("the raw samples are not those of the histograms")

    def test_other_samples_of_the_same_number(self):
        self.fill()
        (count,), = self.sql("SELECT count(*) FROM sample_block")
        self.assertGreater(count, 0)
        self.sql("UPDATE hist SET max_ns = max_ns + 1 WHERE time = 'queueing'")
        self.expect_histograms("the raw samples are not those of the histograms")


class Parts(Case):
    def fill(self, share=1, targets=()):
        r, self.made = random.Random(6), []

        def second(phase, n):
            def draw(now):
                some = [Sample(now + i * (S // n), r.randrange(1000, 10**r.randrange(4, 9)), 0, 5, i % 2, i % 3,
                               TIMEOUT if i % 9 == 0 else OK, target=i % 5 % len(targets) + 1 if len(targets) > 1 else 0) for i in range(n)]
                for s in some:
                    s.phase, s.interval = phase, (now - BASE) // S
                self.made.extend(some)
                return some
            return draw
        self.record([(1, second(1, 2000)), (1, second(1, 3000)), (2, second(2, 30)), (3, second(3, 4000)),
                     (3, second(3, 1500)), (4, second(4, 7))], share, targets)

    def by(self, what):
        found = json.loads(self.analyze("--by", what, "--json"))
        if jsonschema:
            jsonschema.validate(found, SCHEMA)
        return found

    def expect_parts(self, what, key):
        found = self.by(what)
        self.assertIsNone(found["inexact_reason"])
        wanted = sorted({key(s) for s in self.made if s.counts()})
        self.assertEqual([row[what] for row in found["rows"]], wanted)
        for row in found["rows"]:
            values = sorted(s.latency for s in self.made if s.counts() and key(s) == row[what])
            self.assertEqual((row["samples"], row["source"]), (len(values), "samples"))
            for name, (num, den) in QUANTILES.items():
                value = row[f"latency_{name}_us"]
                shown = len(values) * (den - num) >= 10 * den
                self.assertEqual(value is not None, shown, f"{what} {row[what]} {name}")
                if shown:
                    self.assertAlmostEqual(value * 1000, nearest(values, num, den), delta=1e-3)
            self.assertAlmostEqual(row["latency_max_us"] * 1000, values[-1], delta=1e-3)
            self.assertAlmostEqual(row["latency_mean_us"] * 1000, sum(values) / len(values), delta=1e-3)
        self.assertIn("exact, from every sample", self.analyze("--by", what))

    def test_exact(self):
        self.fill()
        self.expect_parts("phase", lambda s: s.phase)
        self.expect_parts("worker", lambda s: s.worker)
        self.expect_parts("operation", lambda s: s.operation)
        self.expect_parts("interval", lambda s: s.interval)

    def test_targets(self):
        names = ["10.0.0.1", "fd00::2", "10.0.0.3"]
        self.fill(targets=names)
        self.expect_parts("target", lambda s: s.target)
        self.assertEqual([row["address"] for row in self.by("target")["rows"]],
                         ["10.0.0.1:9000", "[fd00::2]:9000", "10.0.0.3:9000"])
        self.assertIn(" 2 [fd00::2]:9000 ", self.analyze("--by", "target"))
        self.expect_parts("operation", lambda s: s.operation)  # which stands beside it
        self.sql("DELETE FROM sample_block")
        self.assertIn("nothing to show: no raw samples are kept", self.analyze("--by", "target"))

    def test_the_only_target(self):
        for targets in (["10.0.0.1"], []):  # in files of earlier versions targets have no rows
            self.fill(targets=targets)
            if not targets:
                self.sql("UPDATE run SET job = '[global]\ntarget = 10.0.0.1:9000\n'")
            row, = self.by("target")["rows"]
            self.assertEqual((row["target"], row["address"], row["source"]),
                             (1, "10.0.0.1:9000" if targets else None, "samples"))
            self.db.unlink()

    def test_targets_that_no_sample_says(self):
        """As in files of earlier versions, whose samples had no place for it."""
        self.fill()
        self.sql("UPDATE run SET job = '[global]\ntarget = 10.0.0.1:9000,10.0.0.2:9000\n'")
        found = self.by("target")
        self.assertEqual((found["rows"], found["inexact_reason"]),
                         ([], "the run has several targets, and its samples do not say theirs"))

    def test_many_intervals(self):
        """More than are looked at together."""
        r, self.made = random.Random(7), []

        def second(now):
            some = [Sample(now + i * 20_000_000, r.randrange(1000, 10**7), worker=i % 2) for i in range(50)]
            for s in some:
                s.interval = (now - BASE) // S
            self.made.extend(some)
            return some
        self.record([(1, second) for _ in range(75)])
        self.expect_parts("interval", lambda s: s.interval)

    def test_from_histograms(self):
        self.fill()
        exact = self.by("interval")
        self.sql("DELETE FROM sample_block")
        found = self.by("interval")
        self.assertEqual(found["inexact_reason"], "no raw samples are kept")
        for a, b in zip(exact["rows"], found["rows"]):
            self.assertEqual((b["source"], b["error_percent"]), ("histograms", 0.1))
            if a["latency_p50_us"] is not None:
                self.assertTrue(a["latency_p50_us"] <= b["latency_p50_us"] <= a["latency_p50_us"] * 1.001)
        self.assertEqual(self.by("operation")["rows"], [])

    def test_one_part_disagrees(self):
        self.fill()
        self.sql("UPDATE hist SET max_ns = max_ns + 1 WHERE time = 'latency' AND interval_id = "
                 "(SELECT id FROM interval WHERE seq = 1 AND worker = 0)")
        found = self.by("interval")
        self.assertEqual({row["interval"]: row["source"] for row in found["rows"] if row["source"] != "samples"},
                         {1: "histograms"})
        self.assertIn("1 of 6 rows (h)", self.analyze("--by", "interval"))

    def test_a_damaged_block(self):
        self.fill()
        self.sql("UPDATE sample_block SET data = x'00' || substr(data, 2) WHERE id = 2")
        for what in ("phase", "worker", "interval"):
            found = self.by(what)
            self.assertIn("damaged: its checksum is wrong", found["inexact_reason"])
            self.assertIn("histograms", {row["source"] for row in found["rows"]})
        self.assertEqual(self.by("operation")["rows"], [])

    def test_what_it_takes(self):
        self.fill()
        for options, said in ((["x"], "expected phase, worker"),
                              ([], "needs a value"), (["phase", "--csv"], "--csv does not go with --by")):
            done = subprocess.run([ANALYZE, f"--db={self.db}", "--by", *options], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)


BLOCK_1 = "raw samples 1 of worker [01]: "  # whichever the recorder came to first


class Check(Case):
    def check(self, *statements):
        self.record([(1, lambda now: [Sample(now + i * 100_000, 20_000 + i, worker=i % 2) for i in range(3000)]), (2, lambda now: [])])
        self.assertIn("whole", self.analyze("--db-check"))
        self.sql(*statements)
        done = subprocess.run([ANALYZE, f"--db={self.db}", "--db-check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        return " ".join(done.stdout.split())

    def test_checksum(self):
        self.assertRegex(self.check("UPDATE sample_block SET crc = crc + 1 WHERE id = 1"),
                         BLOCK_1 + "its checksum is wrong")

    def test_count(self):
        said = self.check("UPDATE sample_block SET count = count + 1 WHERE id = 1")
        self.assertRegex(said, BLOCK_1 + "its number of samples is wrong")
        self.assertIn("raw samples: 3001", said)

    def test_times(self):
        self.assertRegex(self.check("UPDATE sample_block SET ended_ns = ended_ns + 1 WHERE id = 1"),
                         BLOCK_1 + "their times are not those of its columns")

    def test_a_block_that_went(self):
        self.assertIn("transactions ended, all of which were kept: 3000",
                      self.check("DELETE FROM sample_block WHERE id = 1"))


class Nothing(Case):
    def test_no_sample(self):
        self.record([(1, lambda now: []), (2, lambda now: [])])
        found = self.document()
        self.assertEqual(found["percentile_source"], "histograms")
        self.assertIsNone(found["latency_p50_us"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
