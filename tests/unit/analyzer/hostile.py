# SPDX-License-Identifier: BSD-3-Clause
"""Files that no generator wrote so: hostile.py ANALYZE MAKE_FIXTURE.

Cut off, with pages swapped, with nothing in every column that may hold nothing, with a clock that
went backwards, with blobs that lie. Whatever it is: a message or figures, never a crash.
"""
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import unittest

from cli import ANALYZE, Case

SHOWN = (["--text"], ["--json"], ["--list"], ["--markdown"], ["--csv"], ["--openmetrics"], ["--db-check"])


class Hostile(Case):
    def sql(self, *statements):
        with contextlib.closing(sqlite3.connect(self.db)) as db, db:
            for statement in statements:
                db.execute(statement)
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def run_any(self, *args):
        done = subprocess.run([ANALYZE, *args], cwd=self.dir, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=60)
        self.assertIn(done.returncode, (0, 1, 2, 4, 5, 6), f"{args}: {done.stderr}")
        for sign in (b"runtime error", b"AddressSanitizer"):
            self.assertNotIn(sign, done.stderr)
        return done

    def shown(self, *what):
        """By every writer; the exit codes."""
        for args in SHOWN:
            done = self.run_any(*args)
            self.assertEqual(done.returncode == 2, b"analyze: " in done.stderr or b"DAMAGED" in done.stdout,
                             (what, args, done.stdout[-200:], done.stderr))


class Pages(Hostile):
    PAGE = 4096

    def dump(self, db):
        with contextlib.closing(sqlite3.connect(db)) as opened:
            return [opened.execute(f"SELECT * FROM {table}").fetchall() for (table,) in
                    opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1").fetchall()]

    def filled(self):
        self.fixture("known", "PASS")
        self.sql("PRAGMA journal_mode = DELETE")
        with open(self.db, "rb") as file:
            return file.read()

    def test_swapped(self):
        """Whatever two pages change places: --db-check says DAMAGED, or every row is as it was."""
        whole, draw, damaged = self.filled(), random.Random(5), 0
        rows, pages = self.dump(self.db), len(whole) // self.PAGE
        for _ in range(60):
            a, b = sorted(draw.sample(range(1, pages), 2))
            at = [whole[n * self.PAGE:(n + 1) * self.PAGE] for n in (a, b)]
            with open(self.db, "wb") as file:
                file.write(whole[:a * self.PAGE] + at[1] + whole[(a + 1) * self.PAGE:b * self.PAGE] + at[0] +
                           whole[(b + 1) * self.PAGE:])
            done = self.run_any("--db-check")
            damaged += done.returncode == 2
            if done.returncode == 0:
                self.assertEqual(self.dump(self.db), rows, f"pages {a} and {b}: not named")
            self.run_any("--json")
        self.assertGreater(damaged, 50)

    def test_cut_off(self):
        whole = self.filled()
        for keep in (len(whole) - self.PAGE, len(whole) // 2, len(whole) // 3 + 7, 5000, 4096):
            with open(self.db, "wb") as file:
                file.write(whole[:keep])
            for args in ([], ["--list"], ["--db-check"]):
                done = self.analyze(*args, code=2)
                self.assertIn(f"it has {keep} bytes and says that it has {len(whole)}: cut off",
                              done.stderr)
        for keep in (1, 60, 99):
            with open(self.db, "wb") as file:
                file.write(whole[:keep])
            self.refused(2, says=["results.db"])

    def test_bytes(self):
        whole, draw = self.filled(), random.Random(6)
        for _ in range(60):
            bad = bytearray(whole)
            for _ in range(draw.choice((1, 5, 50))):
                bad[draw.randrange(100, len(bad))] = draw.randrange(256)
            with open(self.db, "wb") as file:
                file.write(bad)
            for args in (["--text"], ["--json"], ["--db-check"]):
                self.run_any(*args)


class Nothing(Hostile):
    def test_null_wherever_it_may_be(self):
        self.fixture("known", "PASS")
        self.sql(*(f"UPDATE OR IGNORE {table} SET {column} = NULL" for table, column in self.nullable()))
        self.shown("all")
        run = json.loads(self.analyze("--json").stdout)
        self.assertEqual(run["transactions"] > 0, True)
        self.assertIsNone(run["valid"])
        self.assertIn("valid", run["null_reasons"])

    def test_null_one_at_a_time(self):
        self.fixture("known", "FAIL")
        for table, column in self.nullable():
            with contextlib.closing(sqlite3.connect(self.db)) as db:
                before = db.execute(f"SELECT rowid, {column} FROM {table}").fetchall() \
                    if self.has_rowid(db, table) else None
            if before is None:
                continue
            self.sql(f"UPDATE OR IGNORE {table} SET {column} = NULL")
            for args in (["--text"], ["--json"]):
                self.run_any(*args)
            with contextlib.closing(sqlite3.connect(self.db)) as db, db:
                db.executemany(f"UPDATE {table} SET {column} = ?2 WHERE rowid = ?1", before)

    @staticmethod
    def has_rowid(db, table):
        return "WITHOUT ROWID" not in db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]

    def nullable(self):
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            return db.execute("SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE "
                              "m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND NOT c.[notnull] AND NOT c.pk"
                              ).fetchall()


class Backwards(Hostile):
    def test_intervals_that_end_before_they_begin(self):
        for sql in ("UPDATE interval SET ended_ns = started_ns - 1000000000",
                    "UPDATE interval SET ended_ns = started_ns",
                    "UPDATE interval SET started_ns = started_ns - seq * 3000000000, ended_ns = ended_ns - seq * 3000000000",
                    "UPDATE phase SET ended_ns = started_ns - 5",
                    "UPDATE run SET ended_ns = started_ns - 5, started_ns = started_ns + 10000000000",
                    "UPDATE resource SET at_ns = -at_ns",
                    "UPDATE interval SET started_ns = -started_ns, ended_ns = -ended_ns"):
            self.fixture("known", "PASS")
            self.sql(sql)
            self.shown(sql)
            run = json.loads(self.analyze("--json").stdout)
            for name, value in run.items():
                if name.endswith(("per_s", "mib_per_s")) and value is not None:
                    self.assertGreaterEqual(value, 0, (sql, name))
            os.unlink(self.db)

    def test_runs_that_begin_before_those_before_them(self):
        for i in range(5):
            self.fixture("known", "PASS", f"started={(2000 - i * 100) * 10**9 * 10**6}")
        lines = self.analyze("--list").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines[1:]], ["5", "4", "3", "2", "1"])
        self.analyze("--json=lines", *(f"--run={i}" for i in range(1, 6)))


class Blobs(Hostile):
    def test_histograms_that_lie(self):
        draw = random.Random(7)
        blobs = [b"", b"\x1c\x84\x93\x14", bytes(1000), b"\x1c\x84\x93\x14\xff\xff\xff\xff" + bytes(50),
                 b"\x1c\x84\x93\x14\x00\x00\x00\x10" + draw.randbytes(16)]
        self.fixture("known", "PASS")
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            good, = db.execute("SELECT blob FROM hist LIMIT 1").fetchone()
        for i in range(25):
            bad = bytearray(good)
            bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
            blobs.append(bytes(bad[:draw.randrange(8, len(bad))] if i % 2 else bad))
        for blob in blobs:
            with contextlib.closing(sqlite3.connect(self.db)) as db, db:
                db.execute("UPDATE hist SET blob = ?", (blob,))
                db.execute("UPDATE summary SET blob = ?", (blob,))
            self.shown(blob[:20])
            self.assertEqual(self.run_any("--db-check").returncode, 2, blob)


PNG = "printf '\\211PNG\\r\\n\\032\\n'"
GNUPLOTS = {  # a program of that name, and what the message says
    "fails": ("echo '\"chart.gp\" line 3: undefined variable' >&2; exit 1", "undefined variable"),
    "fails silently": ("exit 7", "status 7): it said nothing"),
    "is killed": ("kill -SEGV $$", "status 139"),
    "hangs": ("exec sleep 600", "did not end within 1 s"),
    "spins": ("while :; do :; done", "did not end within 1 s"),
    "draws nothing": ("exit 0", "no whole SVG picture"),
    "draws garbage": ("head -c 100000 /dev/urandom > svg; cp svg png", "no whole SVG picture"),
    "draws half": ("echo '<?xml version=\"1.0\"?><svg><g>' > svg", "no whole SVG picture"),
    "draws half a PNG": (f"echo '<?xml version=\"1.0\"?><svg><g></g></svg>' > svg; {PNG} > png", "no whole PNG picture"),
    "fills the errors": ("head -c 3000000 /dev/zero >&2; exit 1", "could not draw"),
}


class Gnuplot(Hostile):
    def setUp(self):
        super().setUp()
        self.fixture("known", "PASS")
        self.tools, self.tmp = os.path.join(self.dir, "tools"), os.path.join(self.dir, "tmp")
        os.mkdir(self.tools)
        os.mkdir(self.tmp)
        self.env = {**os.environ, "PATH": f"{self.tools}:{os.environ['PATH']}", "TMPDIR": self.tmp,
                    "ANALYZE_GNUPLOT_LIMIT_S": "1"}

    def pretend(self, script):
        path = os.path.join(self.tools, "gnuplot")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod(path, 0o755)

    def left_over(self):
        """Everything but what the test made."""
        return [os.path.join(at, name) for at, _, names in os.walk(self.dir) for name in names
                if not name.startswith(("results.db", "report.html")) and at != self.tools and
                not name.endswith(".svg")]

    def test_that_misbehaves(self):
        for what, (script, says) in GNUPLOTS.items():
            with self.subTest(what):
                self.pretend(script)
                done = self.analyze("--plot", "charts", env=self.env, code=3)
                self.assertIn(says, done.stderr, what)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertEqual(self.left_over(), [], what)
                if "PNG" in says:
                    continue  # the report holds SVG only
                self.assertIn(says, " ".join(self.analyze("--html=report.html", env=self.env).stdout.split()))
                with open(os.path.join(self.dir, "report.html"), encoding="utf-8") as page:
                    text = page.read()  # whole, with the reason where the charts would be
                self.assertTrue(text.rstrip().endswith("</html>"))
                self.assertIn("gnuplot", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
