# SPDX-License-Identifier: BSD-3-Clause
"""The program as a user calls it: cli.py ANALYZE MAKE_FIXTURE. Standard library only."""
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

ANALYZE, FIXTURE = map(os.path.abspath, sys.argv[1:3])
with open(ANALYZE, "rb") as _program:
    SANITIZED = b"__asan_" in _program.read()
HOSTILE = "`touch pwned`$(touch pwned)'\"; system('touch pwned')\n|touch pwned \x1b[31m"


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.db = os.path.join(self.dir, "results.db")
        self.locks = {}

    def tearDown(self):
        for path in list(self.locks):
            self.let_go(path)
        shutil.rmtree(self.dir)

    def hold(self, path):
        """As the writer of a run that goes on does."""
        self.locks[path] = open(path + "-lock", "w", encoding="ascii")
        fcntl.lockf(self.locks[path], fcntl.LOCK_EX)

    def let_go(self, path):
        if path in self.locks:
            self.locks.pop(path).close()

    def fixture(self, *words):
        self.let_go(self.db)
        subprocess.run([FIXTURE, self.db, *words], check=True, stdout=subprocess.PIPE)
        if "running" in words:
            self.hold(self.db)

    def analyze(self, *args, env=None, code=0):
        done = subprocess.run([ANALYZE, *args], cwd=self.dir, env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def refused(self, code, *args, says):
        done = self.analyze(*args, code=code)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in says:
            self.assertIn(word, done.stderr)


class Search(Case):
    """A run of a suite, as its rows say."""
    def setUp(self):
        super().setUp()
        self.fixture("known", "PASS")
        with sqlite3.connect(self.db) as db:
            phase = db.execute("SELECT id FROM phase WHERE run_id = 1 AND measured").fetchone()[0]
            db.execute("INSERT INTO summary (run_id, phase_id, time, count, overflow, p50_ns, p99_ns, mean_ns) "
                   "VALUES (1, ?, 'latency', 1000, 0, 1000000, 2000000, 1100000)", (phase,))
            db.executemany("INSERT INTO trial (run_id, phase_id, seq, objective, requested_per_s, achieved_per_s, "
                           "passed, reason, connections, limited_by) VALUES (1, ?, ?, 'p99<1ms', ?, ?, ?, ?, 4, 'peer')",
                           [(phase, 1, 50, 49.5, 1, "held"), (phase, 2, 99, 70, 0, HOSTILE), (None, 3, None, None, None, None)])
            db.executemany("INSERT INTO finding (run_id, seq, name, value, low, high, confidence, unit, trial_seq, reason) "
                           "VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           [(1, "max_rate_per_s", 48, 45, 51, 0.95, "1/s", 1, "found"),
                            (2, "knee", None, None, None, None, "1", None, "no knee"),
                            (3, "limited_by", None, None, None, None, "part", 2, "peer: it is slow")])
        db.close()

    def test_text(self):
        text = self.analyze("--db", self.db).stdout
        for words in ("max_rate_per_s = 48/s (45/s to 51/s, 95 % sure), found", "knee: none, no knee",
                      "limited_by: peer: it is slow", "had to hold p99<1ms"):
            self.assertIn(words, text)
        self.assertNotIn("\x1b", text)
        self.assertTrue(all(len(line) <= 100 for line in text.splitlines()), text)

    def test_chart(self):
        if not shutil.which("gnuplot"):
            self.skipTest("no gnuplot")
        said = self.analyze("--db", self.db, "--plot", "charts").stdout
        drawn = [line for line in said.splitlines() if "/knee_" in line]
        self.assertEqual([os.path.splitext(path)[1] for path in drawn], [".svg", ".png"], said)
        text = xml.parse(os.path.join(self.dir, drawn[0])).getroot()
        self.assertIn("max_rate_per_s = 48/s (shaded: 45 to 51)", "".join(text.itertext()))
        self.assertFalse(os.path.exists(os.path.join(self.dir, "pwned")))


class Text(Case):
    def test_fits_a_screen(self):
        self.fixture("known", "max", "PASS")
        lines = self.analyze().stdout.splitlines()
        self.assertLessEqual(len(lines), 28)
        self.assertTrue(all(len(line) <= 100 for line in lines))
        self.assertTrue(lines[0].startswith("PASS  tcp_small_burst_1kib"))
        self.assertIn("2,010 messages/s", "\n".join(lines))
        self.assertIn("under saturation", "\n".join(lines))
        self.assertIn("latency under saturation (rate = max); -: too few samples, or independent seconds (ten)", lines)

    def test_every_kind_of_run_fits_a_screen(self):
        for words in (["known", "max"], ["real", "FAIL"], ["real", "invalid"], ["known", "dead"],
                      ["known", "running"], ["empty"], ["empty", "failed"], ["aborted", "real"]):
            self.fixture(*words)
            lines = subprocess.run([ANALYZE, "--db", self.db], stdout=subprocess.PIPE, text=True,
                                   check=False).stdout.splitlines()
            self.assertLessEqual(len(lines), 30, words)
            self.assertGreater(len(lines), 8, words)
            for line in lines:
                self.assertLessEqual(len(line), 100, line)
                self.assertFalse(line.endswith("..."), line)

    def test_what_is_not_there_is_said_and_takes_no_room(self):
        self.fixture("empty")
        text = self.analyze().stdout
        self.assertIn("rates       none: ", text)
        self.assertIn("no transaction completed; connect: mean 25.50 us, max 50 us of 100", text)
        self.assertNotIn("p99", text)
        self.fixture("known")
        lines = self.analyze().stdout.splitlines()
        self.assertIn("p99.99: too few samples, ten must lie beyond a percentile", lines)

    def test_what_failed_comes_before_what_passed(self):
        self.fixture("known", "PASS")
        db = sqlite3.connect(self.db)
        for i in range(8):
            db.execute("INSERT INTO verdict (run_id, rule, metric, op, target, actual, unit, "
                       "samples, state) SELECT run_id, 'r%d', metric, op, target, actual, unit, "
                       "samples, '%s' FROM verdict LIMIT 1" % (i, "FAIL" if i == 7 else "PASS"))
        db.commit()
        db.close()
        lines = self.analyze(code=1).stdout.splitlines()
        self.assertTrue(lines[1].startswith("  FAIL         r7: "), lines[1])
        self.assertEqual(lines[7], "  PASS         3 more rules (--json lists them)")

    def test_limit_comes_from_the_rows(self):
        self.fixture("known", "max")
        db = sqlite3.connect(self.db)
        name = ("INSERT INTO counter_name (kind, name, meaning, rollup) "
                "VALUES ('counter', '%s', '', 'sum')")
        for column, ticks in (("cycles_idle", 1), ("cycles_engine", 99)):
            if not db.execute("SELECT 1 FROM counter_name WHERE name = ?", (column,)).fetchone():
                db.execute(name % column)
            db.execute("INSERT OR REPLACE INTO counter (interval_id, name_id, value) SELECT i.id, "
                       "n.id, ? FROM interval i, counter_name n WHERE n.name = ?", (ticks, column))
        db.execute("UPDATE run SET limited_by = 'load'")
        db.commit()
        db.close()
        self.assertIn("limited by  the generator: generator loop busy 99 %", self.analyze().stdout)
        run = json.loads(self.analyze("--json").stdout)
        self.assertEqual((run["limited_by"], run["limited_by_detail"]), ("generator",) * 2)
        self.assertIn("workers", run["limited_by_remedy"])

    def test_last_run_and_chosen_run(self):
        self.fixture("workload=first")
        self.fixture("workload=second")
        self.assertIn("second", self.analyze().stdout)
        self.assertIn("first", self.analyze("--run", "1").stdout)
        uuid = json.loads(self.analyze("--run=1", "--json").stdout)["run_uuid"]
        self.assertIn("first", self.analyze("--run", uuid[:6]).stdout)
        both = self.analyze("--run", "1", "--run", "2").stdout
        self.assertIn("first", both)
        self.assertIn("second", both)

    def test_exit_codes_and_headlines(self):
        for words, code, headline in ((["FAIL"], 1, "FAIL"), (["aborted"], 4, "ABORTED"),
                                      (["dead"], 4, "INTERRUPTED"), (["running"], 5, "RUNNING"),
                                      (["invalid", "PASS"], 6, "INVALID"),
                                      (["NOT_MEASURED"], 5, "NOT_MEASURED")):
            self.fixture(*words)
            self.assertTrue(self.analyze(code=code).stdout.startswith(headline))

    def test_terminal_is_not_taken_over(self):
        self.fixture("workload=" + HOSTILE)
        self.assertNotIn("\x1b", self.analyze().stdout)
        self.assertNotIn("\x1b", self.analyze("--list").stdout)

    def test_list(self):
        self.fixture("workload=one")
        self.fixture("workload=two", "dead")
        lines = self.analyze("--list").stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertTrue(all(len(line) <= 100 for line in lines))
        self.assertIn("two", lines[1])
        self.assertIn("interrupted", lines[1])
        self.assertIn("500.2", lines[2])


class Json(Case):
    def test_known_figures(self):
        self.fixture("known", "PASS")
        run = json.loads(self.analyze("--json").stdout)
        self.assertEqual(run["throughput_msg_per_s"], 2010)
        self.assertEqual(run["latency_p99_us"], 990.207)
        self.assertIsNone(run["latency_p9999_us"])
        self.assertIn("latency_p9999_us", run["null_reasons"])
        self.assertEqual(run["errors"]["timeout"], 100)
        self.assertEqual(run["drops"], {"tcp_csum": 48})
        self.assertEqual(run["figures"]["latency_p99_us"]["samples"], 20000)

    def test_one_run_a_line(self):
        self.fixture("workload=one")
        self.fixture("workload=two")
        lines = self.analyze("--json=lines", "--run=2", "--run=1").stdout.splitlines()
        self.assertEqual([json.loads(line)["workload_id"] for line in lines], ["two", "one"])

    def test_dir(self):
        self.fixture("workload=../../evil `x`")
        done = self.analyze("--json-dir", "a/b")
        name = "transport_real_tcp_.._.._evil__x__1767323045.json"
        self.assertIn("a/b/" + name, done.stdout)
        self.assertEqual(os.listdir(os.path.join(self.dir, "a", "b")), [name])
        with open(os.path.join(self.dir, "a", "b", name), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["run_id"], 1)

    def test_interrupted_run_keeps_its_figures(self):
        self.fixture("known", "dead")
        run = json.loads(self.analyze("--json", code=4).stdout)
        self.assertEqual(run["state"], "interrupted")
        self.assertEqual(run["throughput_msg_per_s"], 2010)
        self.assertIsNone(run["valid"])


@unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
class Plot(Case):
    def check_pictures(self, done, runs=1):
        paths = [line for line in done.stdout.splitlines() if line.endswith((".svg", ".png"))]
        self.assertEqual(len(paths), 14 * runs + 2 * (runs > 1), done.stdout)
        for path in paths:
            with open(os.path.join(self.dir, path), "rb") as file:
                data = file.read()
            self.assertGreater(len(data), 3000)
            if path.endswith(".png"):
                self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
            else:
                root = xml.fromstring(data)
                self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
                self.assertFalse(list(root.iter("{http://www.w3.org/2000/svg}script")))
        self.assertEqual(len(os.listdir(os.path.join(self.dir, "charts"))), len(paths))

    def test_pictures(self):
        self.fixture("known")
        self.fixture("real", "max")
        self.check_pictures(self.analyze("--plot", "charts", "--run", "1", "--run", "2"), 2)

    def test_hostile_name_is_only_text(self):
        self.fixture("workload=" + HOSTILE)
        private = os.path.join(self.dir, "tmp")
        os.mkdir(private)
        self.check_pictures(self.analyze("--plot", "charts", env={**os.environ, "TMPDIR": private}))
        found = [os.path.join(at, name) for at, _, names in os.walk(self.dir) for name in names
                 if name == "pwned"]
        self.assertEqual(found, [])
        self.assertEqual(os.listdir(private), [])

    def test_name_is_in_the_picture(self):
        self.fixture("workload=it's_{sub}^2")
        self.analyze("--plot", "charts")
        svg = [name for name in os.listdir(os.path.join(self.dir, "charts"))
               if name.startswith("percentiles") and name.endswith("svg")][0]
        root = xml.parse(os.path.join(self.dir, "charts", svg)).getroot()
        self.assertIn("it's_{sub}^2", "".join(root.itertext()))

    def test_nothing_to_draw(self):
        self.fixture("empty")
        done = self.analyze("--plot", "charts")
        self.assertIn("no percentiles chart: no latency samples", done.stdout)

    def test_without_gnuplot(self):
        self.fixture("known")
        done = self.analyze("--plot", "charts", env={"PATH": "/nonexistent"}, code=3)
        self.assertIn("gnuplot-nox", done.stderr)
        self.assertIn("2,010 messages/s", done.stdout)
        self.assertEqual(os.listdir(os.path.join(self.dir, "charts")), [])


@unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
class CourseCharts(Case):
    """Phases and verdicts, connections, memory: read back from the SVG."""

    def change(self, *statements):
        with sqlite3.connect(self.db) as db:
            for sql in statements:
                db.execute(sql)
        db.close()

    def words(self, chart):
        self.analyze("--plot", "charts")
        folder = os.path.join(self.dir, "charts")
        name = [name for name in os.listdir(folder) if name.startswith(chart + "_") and name.endswith("svg")][0]
        return ComparisonCharts.words(xml.parse(os.path.join(folder, name)).getroot())

    def command(self, seconds, name, argument, result="done"):
        quoted = argument.replace("'", "''")
        return ("INSERT INTO command (run_id, at_ns, name, argument, result) SELECT id, "
                f"started_ns + {seconds} * 1000000000, '{name}', '{quoted}', '{result}' FROM run")

    def test_phases(self):
        self.fixture("known", "PASS")
        self.change("UPDATE phase SET name = 'first' WHERE measured",
                    "UPDATE verdict SET phase_id = (SELECT id FROM phase WHERE measured)",
                    "INSERT INTO verdict (run_id, rule, metric, op, state) SELECT id, 'errors<1%', 'errors', '<', 'WARN' FROM run",
                    self.command(4, "rate", "3k"), self.command(4, "fault", HOSTILE),
                    self.command(12, "rate", "max", "refused: it is max"),
                    "INSERT INTO fault_event (run_id, name, detail, injected_ns) SELECT id, 'frames', 'lost alone', "
                    "started_ns + 6000000000 FROM run")
        words = self.words("phases")
        for word in ("first", "1 PASS", "of the run: 1 WARN", "rate 3k", "rate max (refused)", "frames lost alone"):
            self.assertIn(word, words)
        self.assertTrue(any("touch pwned" in word for word in words))
        self.assertFalse([at for at, _, names in os.walk(self.dir) if "pwned" in names])

    def test_connections(self):
        self.fixture("known")
        self.change("UPDATE interval SET connects_completed = 20, connects_failed = seq % 3 WHERE seq < 6")
        words = self.words("ramp")
        self.assertIn("failed/s", words)
        self.change("UPDATE interval SET connects_failed = 0")
        self.assertIn("opened/s (none failed)", self.words("ramp"))

    def test_memory(self):
        self.fixture("known")
        self.change("DELETE FROM conn_memory",
                    "INSERT INTO conn_memory (run_id, side, pool, connections, bytes_per_conn) SELECT id, 'gen', "
                    "'connections', 1048576, 128 FROM run",
                    "INSERT INTO conn_memory (run_id, side, pool, connections, bytes_per_conn) SELECT id, 'gen', "
                    "'time_wait', 1048576, 2.5 FROM run",
                    "INSERT INTO resource (run_id, role, pid, at_ns, rss_bytes) SELECT id, 'peer', 1, "
                    "started_ns + 5000000000, 1048576 FROM run")
        words = self.words("memory")
        for word in ("connections: 128.0 MiB, 128 B", "time wait: 2.50 MiB, 2.5 B", "peer"):
            self.assertIn(word, words)


@unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
class ComparisonCharts(Case):
    """Charts of --compare: read back from the SVG, which is made of text and shapes."""

    def sides(self, before, now, *words):
        """Runs of a baseline and of now: lists of FACTORs of the latency."""
        for i, factor in enumerate((*before, *now)):
            self.fixture("known", f"latency={factor}", "errors=-1", "seconds=2",
                         f"started={1767323045 * 10**9 + i * 60 * 10**9}", *words)
        ids = [str(1 + i) for i in range(len(before) + len(now))]
        self.analyze("--set-baseline", "last week", *ids[:len(before)])
        return [f"--run={i}" for i in ids[len(before):]]

    def charts(self, runs, *args, code=0, env=None):
        done = self.analyze("--compare", "last week", *runs, "--plot", "charts", *args, code=code,
                            env=env)
        folder = os.path.join(self.dir, "charts")
        self.assertEqual(sorted(os.path.join("charts", name) for name in os.listdir(folder)),
                         sorted(line for line in done.stdout.splitlines()
                                if line.startswith("charts/")))
        return {name.split("_")[0]: xml.parse(os.path.join(folder, name)).getroot()
                for name in os.listdir(folder) if name.endswith("svg")}

    @staticmethod
    def words(svg):
        return [text for text in ("".join(node.itertext()).strip() for node in
                                  svg.iter("{http://www.w3.org/2000/svg}text")) if text]

    def test_many_runs(self):
        runs = self.sides([1, 1.01, 0.99, 1.02, 0.98], [1.2, 1.21, 1.19, 1.22, 1.18])
        charts = self.charts(runs, code=1)
        self.assertEqual(set(charts), {"forest", "shift", "against"})
        forest = self.words(charts["forest"])
        self.assertIn('regression: 5 runs against 5 of "last week"; how every figure changed, with '
                      "95 % intervals", forest)
        at = forest.index("latency_p50_us \u2193")
        self.assertEqual(forest[at + 2], "regression")
        self.assertRegex(forest[at + 1], r"^\+20\.\d %  \(\+1\d\.\d to \+2\d\.\d %\)$")
        self.assertIn("throughput_msg_per_s \u2191", forest)
        self.assertIn("same", forest)
        shift = self.words(charts["shift"])
        self.assertIn("Shift of the latency: tcp_small_burst_1kib", shift)
        self.assertRegex(shift[shift.index("p10") + 12], r"^\+(19|20)\.") # us, of 100
        self.assertIn("baseline: 5 runs, 20,000 transactions", self.words(charts["against"]))

    def test_one_against_one_has_points_and_no_intervals(self):
        charts = self.charts(self.sides([1], [1.1]), code=5)
        forest = self.words(charts["forest"])
        at = forest.index("latency_p50_us \u2193")
        self.assertEqual(forest[at + 1:at + 3], ["+10.0 %", "not judged"])
        self.assertIn("too few", self.words(charts["shift"]))

    def test_huge_changes(self):
        runs = self.sides([1, 1, 1], [300, 301, 299])
        forest = self.words(self.charts(runs, code=1)["forest"])
        self.assertIn("\u00d7 100", forest)
        self.assertTrue(any(word.startswith("\u00d7 300  (") for word in forest))

    def test_hostile_names(self):
        private = os.path.join(self.dir, "tmp")
        os.mkdir(private)
        runs = self.sides([1, 1.01], [1.3, 1.31], "workload=" + HOSTILE)
        charts = self.charts(runs, code=1, env={**os.environ, "TMPDIR": private})
        self.assertTrue(any("touch pwned" in word for word in self.words(charts["forest"])))
        self.assertEqual([name for _, _, names in os.walk(self.dir) for name in names
                          if name == "pwned"], [])
        self.assertEqual(os.listdir(private), [])

    def test_what_cannot_be_compared_is_not_drawn(self):
        self.sides([1], [1.1])
        self.fixture("known", "errors=-1", "workload=another", "kernel=9.9", "key=other")
        done = self.analyze("--compare", "last week", "--plot", "charts", code=6)
        self.assertIn("no forest chart: the runs were not compared", done.stdout)
        self.assertEqual(os.listdir(os.path.join(self.dir, "charts")), [])
        forced = self.analyze("--compare", "last week", "--force", "--plot", "charts")
        self.assertIn("forest_another_3_against_last_week.svg", forced.stdout)

    def test_without_gnuplot(self):
        done = self.analyze("--compare", "last week", *self.sides([1], [1]), "--plot", "charts",
                            env={"PATH": "/nonexistent"}, code=3)
        self.assertIn("gnuplot-nox", done.stderr)
        self.assertIn("against last week", done.stdout)


class BadInput(Case):
    def test_options(self):
        for args, says in ((["--bogus"], ["--bogus"]), (["x.db"], ["x.db"]),
                           (["--json=xml"], ["--json=xml"]), (["--db"], ["--db", "value"]),
                           (["--list=1"], ["--list"]), (["--list", "--json"], ["--list"]),
                           (["--run", "ab"], ["four"])):
            if "--run" in args:
                self.fixture("known")
            self.refused(2, *args, says=says)

    def test_files(self):
        self.refused(2, says=["results.db"])
        open(self.db, "w").close()
        self.refused(2, says=["results.db"])
        with open(self.db, "w", encoding="utf-8") as file:
            file.write("this is no database at all, only text\n" * 400)
        self.refused(2, says=["results.db"])
        os.unlink(self.db)
        other = sqlite3.connect(self.db)
        other.execute("CREATE TABLE run (id INTEGER)")
        other.commit()
        other.close()
        self.refused(2, says=["results.db"])
        self.refused(2, "--db", self.dir, says=[self.dir])

    def test_newer_schema(self):
        self.fixture("known")
        db = sqlite3.connect(self.db)
        db.execute("PRAGMA user_version = 999")
        db.commit()
        db.close()
        self.refused(2, says=["results.db", "999"])

    def test_truncated(self):
        self.fixture("known")
        size = os.path.getsize(self.db)
        for keep in (size // 2, 5000, 200):
            with open(self.db, "r+b") as file:
                file.truncate(keep)
            done = subprocess.run([ANALYZE, "--db", self.db], text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("results.db", done.stderr)

    def test_figures_that_no_generator_writes(self):
        for sql in ("interval SET started_ns = -9223372036854775808, ended_ns = 9223372036854775807",
                    "phase SET started_ns = -9223372036854775808, ended_ns = 9223372036854775807",
                    "run SET started_ns = 9223372036854775807", "run SET interval_ns = 0",
                    "run SET interval_ns = 9223372036854775807", "counter SET value = -7",
                    "hist SET mean_ns = 9e999", "hist SET blob = x''", "hist SET count = 0",
                    "run SET workload_id = x'ff00fe'", "environment SET value = x'ff41'",
                    "verdict SET actual = 9e999, unit = NULL", "run SET workers = 0"):
            self.fixture("known", "PASS")
            db = sqlite3.connect(self.db)
            db.execute("UPDATE " + sql)
            db.commit()
            db.close()
            for option in ("--text", "--json", "--list"):
                done = subprocess.run([ANALYZE, "--db", self.db, option], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, check=False)
                self.assertIn(done.returncode, (0, 2), sql)
                self.assertEqual(done.returncode == 2, done.stderr != b"", sql)
                self.assertNotIn(b"runtime error", done.stderr)
            os.unlink(self.db)

    def test_no_such_run(self):
        self.fixture("known")
        self.refused(2, "--run", "77", says=["77", "results.db"])
        self.refused(2, "--run", "ffffffff", says=["ffffffff", "results.db"])

    def test_unwritable_folder(self):
        self.fixture("known")
        with open(os.path.join(self.dir, "file"), "w", encoding="utf-8"):
            pass
        done = self.analyze("--json-dir", "file/x", code=3)
        self.assertIn("file", done.stderr)

    def test_file_is_only_read(self):
        self.fixture("known")
        with open(self.db, "rb") as file:
            before = file.read()
        self.analyze()
        self.analyze("--list")
        with open(self.db, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_full_disk(self):
        self.fixture("known")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([ANALYZE, "--json"], cwd=self.dir, stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("standard output", done.stderr)

    def test_help_and_version(self):
        self.assertIn("Exit codes", self.analyze("--help").stdout)
        self.assertRegex(self.analyze("--version").stdout, r"^analyze \d+\.\d+")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
