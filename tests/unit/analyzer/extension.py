# SPDX-License-Identifier: BSD-3-Clause
"""The SQL functions in the stock shell, against known answers and against arguments that no sane
query has: extension.py MAKE_FIXTURE WIREBENCH_SO. Known: each interval has 1, 2, ... 1000 us."""
import itertools
import math
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction

FIXTURE, EXTENSION = map(os.path.abspath, sys.argv[1:3])
N = 1000
ONE = "(SELECT blob FROM hist WHERE time = 'latency' LIMIT 1)"


def nearest_rank(p, n=N):
    return math.ceil(Fraction(str(p)) * n / 100)


def interval(n, p, confidence):
    """Ranks of the distribution-free interval, from 1; None: too few samples. In whole numbers."""
    hit, all_ = Fraction(str(p)).numerator, Fraction(str(p)).denominator * 100
    tail = (1 - Fraction(str(confidence)) / 100) / 2 * all_**n
    below = list(itertools.accumulate((math.comb(n, k) * hit**k * (all_ - hit)**(n - k) for k in range(n + 1)),
                                      initial=0))  # below[r]: P(B < r), in parts of all_**n
    low = max(r for r in range(n + 1) if below[r] <= tail)
    high = min(r for r in range(n + 2) if r > n or below[-1] - below[r] <= tail)
    return (low, high) if low >= 1 and high <= n else None


class Extension(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp()
        cls.db = os.path.join(cls.dir, "results.db")
        subprocess.run([FIXTURE, cls.db, "known"], check=True, stdout=subprocess.PIPE)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def ask(self, sql, code=0):
        done = subprocess.run(["sqlite3", "-readonly", "-bail", "-noheader", self.db, f".load {EXTENSION}", sql],
                              capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode != 0, code != 0, f"{sql}: {done.stdout}{done.stderr}")
        return done.stderr if code else done.stdout.strip()

    def near(self, found_ns, rank):
        """A histogram says a rank's value or at most 0.1 % more."""
        self.assertTrue(rank * 1000 <= int(found_ns) <= rank * 1001, f"{found_ns}, expected {rank} us")

    def test_percentiles(self):
        for p in (0.1, 1, 25, 50, 90, 95, 99):
            self.near(self.ask(f"SELECT hist_percentile({ONE}, {p})"), nearest_rank(p))
        for p in (99.1, 99.9, 100):  # fewer than ten of 1000 lie beyond
            self.assertEqual(self.ask(f"SELECT hist_percentile({ONE}, {p})"), "")
        self.assertEqual(self.ask(f"SELECT hist_count({ONE})"), str(N))
        mean = float(self.ask(f"SELECT hist_mean({ONE})"))
        self.assertAlmostEqual(mean / 500500, 1, delta=5e-4)

    def test_merged(self):
        merged = "(SELECT hist_merge(blob) FROM (SELECT blob FROM hist WHERE time = 'latency' LIMIT 10))"
        self.assertEqual(self.ask(f"SELECT hist_count({merged})"), "10000")
        for p in (50, 99, 99.9):
            self.near(self.ask(f"SELECT hist_percentile({merged}, {p})"), nearest_rank(p))
        self.assertEqual(self.ask(f"SELECT hist_merge(blob) = {ONE} FROM (SELECT {ONE} AS blob)"), "1")
        self.assertEqual(self.ask("SELECT hist_count(hist_merge(blob)) = sum(count) FROM hist WHERE time = 'latency'"), "1")

    def test_intervals(self):
        for p in (10, 50, 90, 95):
            for confidence in (95, 99, 50):
                low, high = interval(N, p, confidence)
                found = self.ask(f"SELECT percentile_ci({ONE}, {p}, {confidence})").split("..")
                self.near(found[0], low)
                self.near(found[1], high)
                self.assertEqual(found, self.ask(f"SELECT hist_percentile_lo({ONE}, {p}, {confidence}), "
                                                 f"hist_percentile_hi({ONE}, {p}, {confidence})").split("|"))
        self.assertEqual(self.ask(f"SELECT percentile_ci({ONE}, 50) = percentile_ci({ONE}, 50, 95)"), "1")
        self.assertIsNone(interval(N, 99.9, 95))
        self.assertEqual(self.ask(f"SELECT percentile_ci({ONE}, 99.9) IS NULL"), "1")

    def test_nothing_gives_nothing(self):
        for call in ("hist_percentile(NULL, 50)", f"hist_percentile({ONE}, NULL)", "hist_count(NULL)", "hist_mean(NULL)",
                     "percentile_ci(NULL, 50)", f"percentile_ci({ONE}, NULL)", f"percentile_ci({ONE}, 50, NULL)",
                     "hist_count(hist_merge(NULL))"):
            self.assertEqual(self.ask(f"SELECT {call} IS NULL"), "1", call)
        self.assertEqual(self.ask("SELECT hist_merge(blob) IS NULL FROM hist WHERE 0"), "1")

    def test_arguments_that_no_sane_query_has(self):
        for p in ("-1", "0", "101", "1e999", "-1e999", "'x'", "x'00'", "9223372036854775807"):
            self.assertIn("above 0", self.ask(f"SELECT hist_percentile({ONE}, {p})", 1), p)
            self.assertIn("above 0", self.ask(f"SELECT percentile_ci({ONE}, {p})", 1), p)
        for confidence in ("0", "100", "-5", "'x'", "1e999"):
            self.assertIn("confidence", self.ask(f"SELECT percentile_ci({ONE}, 50, {confidence})", 1), confidence)
        for blob in ("'text'", "42", "4.5", "x''", "x'1c849314'", "zeroblob(200000000)",
                     "CAST(x'1c849314' || zeroblob(50000000) AS BLOB)", f"substr({ONE}, 1, 40)"):
            for call in (f"hist_count({blob})", f"hist_percentile({blob}, 50)", f"hist_merge({blob})"):
                self.assertIn("not a histogram", self.ask(f"SELECT {call}", 1), call)
        self.assertIn("number of arguments", self.ask(f"SELECT hist_percentile({ONE})", 1))

    def test_damage(self):
        for call, says in (("sample_damage(99, 1, 1, x'00')", "another format"),
                           ("sample_damage(1, 5, 0, x'00')", "checksum"),
                           ("sample_damage(1, -1, 3523407757, x'00')", ""),
                           ("sample_damage(1, 9000000000000, 3523407757, x'00')", ""),
                           ("sample_damage(1, 5, 558161692, x'')", "")):
            self.assertIn(says, self.ask(f"SELECT ifnull({call}, 'none')"), call)
            self.assertNotEqual(self.ask(f"SELECT ifnull({call}, 'none')"), "none", call)

    def test_without_it_the_shell_says_so(self):
        done = subprocess.run(["sqlite3", self.db, "SELECT hist_count(blob) FROM hist"], capture_output=True,
                              text=True, check=False)
        self.assertIn("no such function", done.stderr)


if __name__ == "__main__":
    if not shutil.which("sqlite3"):
        print("skipped: no sqlite3 shell")
        sys.exit(77)
    with open(EXTENSION, "rb") as so:
        if b"__asan_" in so.read():
            print("skipped: the shell cannot load a sanitized extension")
            sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=1)
