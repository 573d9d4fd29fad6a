# SPDX-License-Identifier: BSD-3-Clause
"""Upkeep, baselines and --follow as a user calls them: upkeep.py ANALYZE MAKE_FIXTURE."""
import contextlib
import fcntl
import json
import os
import sqlite3
import struct
import sys
import time
import unittest
import zlib

from cli import Case

RENUMBERED = ("id", "run_id", "phase_id", "interval_id", "name_id")
DAY_NS = 86400 * 10**9


def varint(value):
    head = b""
    while value >= 0x80:
        head += bytes([value & 0x7f | 0x80])
        value >>= 7
    return head + bytes([value])


def block(count, start, large=False):
    """A block of raw samples as db/sample_block.h describes it: all start at once and take no time;
    large: their latencies are 48 zeros each."""
    def column(coding, plain):
        return struct.pack("<BBII", coding, 0, len(plain), len(plain)) + plain
    runs = (bytes([48, 0, 0]) + bytes(128 * 48 // 8)) * (count // 128)
    return struct.pack("<I", count) + column(0, varint(start)) + (column(1, runs) if large else column(0, b"\0")) \
        + 5 * column(0, b"\0")


class UpkeepCase(Case):
    def path(self, name):
        return os.path.join(self.dir, name)

    def sql(self, text, *values, db=None):
        with contextlib.closing(sqlite3.connect(db or self.db)) as opened, opened:
            return opened.execute(text, values).fetchall()

    def rows_of(self, db):
        """{table: sorted rows}, without the ids that a copy deals anew."""
        found = {}
        for (table,) in self.sql("SELECT name FROM sqlite_master WHERE type = 'table' "
                                 "AND name NOT LIKE 'sqlite%'", db=db):
            columns = [row[1] for row in self.sql(f"PRAGMA table_info({table})", db=db)
                       if row[1] not in RENUMBERED]
            found[table] = sorted(self.sql(f"SELECT {', '.join(columns)} FROM {table}", db=db), key=repr)
        return found

    def figures(self, db, *options):
        run = json.loads(self.analyze("--db", db, "--json", *options).stdout)
        run.pop("run_id")
        return run

    def other(self, *words):
        """Appends a run to a second file; its uuid is no other's."""
        mine, self.db = self.db, self.path("other.db")
        self.fixture(*words)
        self.sql("UPDATE run SET uuid = 'other' || id")
        self.db = mine
        return self.path("other.db")


class Check(UpkeepCase):
    def damage(self, sql, *says):
        self.fixture("known", "PASS")
        self.assertIn("whole", self.analyze("--db-check").stdout)
        self.sql(sql)
        done = self.analyze("--db-check", code=2)
        for word in ("DAMAGED", *says):
            self.assertIn(word, done.stdout)
        self.assertEqual(done.stderr, "")
        os.unlink(self.db)

    def test_damage_is_named(self):
        self.damage("UPDATE hist SET blob = x'1c849314' WHERE time = 'latency' AND interval_id = "
                    "(SELECT id FROM interval WHERE seq = 7 AND worker = 1)", "run 1",
                    "interval 7 of worker 1", "histogram of latency", "damaged")
        self.damage("UPDATE hist SET count = count + 1 WHERE id = 5", "run 1", "samples")
        self.damage("UPDATE summary SET blob = x'00' WHERE phase_id IS NULL AND time = 'service'",
                    "run 1, summary", "service")
        self.damage("UPDATE interval SET started = started + 3 WHERE seq = 5 AND worker = 0",
                    "started", "completed + failed")
        self.damage("DELETE FROM hist WHERE time = 'latency' AND interval_id % 7 = 0", "histograms")
        self.damage("DELETE FROM run", "refers to a row of run")

    def test_raw_samples(self):
        self.fixture("known")
        data = block(3, 77)
        self.sql("INSERT INTO sample_block (run_id, worker, started_ns, ended_ns, count, ratio, format, crc, "
                 "data) VALUES (1, 3, 77, 77, 3, 0.5, 1, ?, ?)", zlib.crc32(data), data)
        self.assertIn("1 blocks", self.analyze("--db-check").stdout)
        self.sql("UPDATE sample_block SET data = ?", block(3, 78))
        done = self.analyze("--db-check", code=2)
        self.assertIn("raw samples 1 of worker 3", done.stdout)

    def test_damaged_pages(self):
        self.fixture("known")
        with open(self.db, "r+b") as file:
            file.seek(os.path.getsize(self.db) // 2)
            file.write(b"\xaa" * 9000)
        done = self.analyze("--db-check", code=2)
        self.assertIn("results.db", done.stdout + done.stderr)

    def test_interrupted_and_running_runs_are_whole(self):
        self.fixture("known", "dead")
        self.fixture("known", "running")
        self.assertIn("2 runs", self.analyze("--db-check").stdout)


class Merge(UpkeepCase):
    def test_a_copy_says_the_same(self):
        other = self.other("known", "PASS")
        self.fixture("known", "FAIL")
        self.fixture("empty")
        before = self.figures(other)
        self.assertIn("1 runs copied", self.analyze("--db-merge", other).stdout)
        self.assertEqual(self.figures(self.db), before)
        self.assertIn("3 runs", self.analyze("--db-check").stdout)
        self.assertIn("0 runs copied", self.analyze("--db-merge", other).stdout)
        self.assertIn("3 runs", self.analyze("--db-check").stdout)

    def test_into_nothing_copies_every_row(self):
        other = self.other("known", "PASS")
        self.other("real", "NOT_MEASURED")
        self.sql("INSERT INTO trial (run_id, phase_id, seq) SELECT run_id, id, seq FROM phase", db=other)
        self.sql("INSERT INTO sample_block (run_id, phase_id, worker, started_ns, ended_ns, count, ratio, "
                 "format, crc, data) VALUES (2, 7, 0, 1, 2, 3, 1, 1, 9, x'0102')", db=other)
        self.analyze("--db", other, "--set-baseline", "both", "1", "2")
        self.analyze("--db-merge", other)
        self.assertEqual(self.rows_of(self.db), self.rows_of(other))
        self.assertEqual(self.sql("SELECT name, run_id FROM baseline ORDER BY run_id"),
                         [("both", 1), ("both", 2)])

    def test_a_baseline_of_the_same_name_stays(self):
        other = self.other("known")
        self.analyze("--db", other, "--set-baseline", "v1")
        self.fixture("known")
        self.analyze("--set-baseline", "v1")
        self.analyze("--db-merge", other)
        self.assertEqual(self.sql("SELECT run_id FROM baseline"), [(1,)])

    def test_the_whole_run_replaces_a_copy_made_on_the_way(self):
        other = self.other("known", "PASS")
        self.analyze("--db", other, "--db-export", "1", "part.db")
        part = self.path("part.db")
        self.sql("DELETE FROM interval WHERE seq > 4", db=part)
        self.sql("UPDATE run SET state = 'interrupted'", db=part)
        self.analyze("--db-merge", part)
        self.assertIn("1 runs copied", self.analyze("--db-merge", other).stdout)
        self.assertIn("0 runs copied", self.analyze("--db-merge", part).stdout)
        self.assertEqual(self.rows_of(self.db), self.rows_of(other))

    def analysed(self, db, at_ns, run_id):
        self.sql("INSERT INTO analysis (at_ns, kind, run_id, inputs_hash, parameters, tool_version, verdict, "
                 "result) VALUES (?, 'compare', ?, 'h', '{}', '1', 'same', '{}')", at_ns, run_id, db=db)

    def test_analyses_come_along_once(self):
        other = self.other("known", "PASS")
        self.other("known", "FAIL")
        self.analysed(other, 1, 2)
        self.analysed(other, 2, None)
        self.fixture("empty")
        self.analyze("--db-merge", other)
        here = [(1, 3), (2, None)]
        self.assertEqual(self.sql("SELECT at_ns, run_id FROM analysis ORDER BY at_ns"), here)
        self.analysed(other, 3, 1)  # of a run that is here already
        for _ in range(2):
            self.analyze("--db-merge", other)
            self.assertEqual(self.sql("SELECT at_ns, run_id FROM analysis ORDER BY at_ns"), here + [(3, 2)])
        self.assertIn("whole", self.analyze("--db-check").stdout)

    def test_what_was_said_of_a_copy_stays_with_the_whole_run(self):
        other = self.other("known", "PASS")
        self.analyze("--db", other, "--db-export", "1", "part.db")
        part = self.path("part.db")
        self.sql("UPDATE run SET state = 'interrupted'", db=part)
        self.sql("INSERT INTO baseline VALUES ('b', 1, 5)", db=part)
        self.analysed(part, 7, 1)
        self.analyze("--db-merge", part)
        self.analyze("--db-merge", other)
        self.assertEqual(self.sql("SELECT state FROM run"), [("done",)])
        self.assertEqual(self.sql("SELECT r.uuid FROM run r JOIN baseline b ON b.run_id = r.id JOIN analysis a ON "
                                  "a.run_id = r.id"), self.sql("SELECT uuid FROM run", db=other))
        self.assertIn("whole", self.analyze("--db-check").stdout)

    def test_into_itself(self):
        self.fixture("known")
        os.symlink(self.db, self.path("link.db"))
        for name in ("results.db", "link.db"):
            self.refused(2, "--db-merge", name, says=["itself"])

    def test_a_file_that_lies_about_its_schema(self):
        for sql in ("ALTER TABLE interval RENAME COLUMN worker TO labourer",
                    "ALTER TABLE counter_name RENAME COLUMN meaning TO sense",
                    "UPDATE environment SET class = 'odd'"):
            other = self.other("known")
            with contextlib.closing(sqlite3.connect(other)) as db, db:
                db.executescript("PRAGMA ignore_check_constraints = 1; DROP VIEW phase_summary; DROP VIEW "
                                 "run_summary; DROP VIEW interval_summary; DROP VIEW trend; DROP VIEW "
                                 "counter_total; INSERT OR IGNORE INTO environment VALUES (1, 'x', 'y', "
                                 "'info'); " + sql)
            self.refused(2, "--db-merge", other, says=["cannot"])
            self.assertFalse(os.path.exists(self.db))
            os.unlink(other)

    def test_runs_that_did_not_end(self):
        other = self.other("known", "dead")
        self.other("known", "running")
        done = self.analyze("--db-merge", other)
        self.assertIn("1 runs copied", done.stdout)
        self.assertIn("1 left out", done.stdout)
        self.assertEqual(self.sql("SELECT state FROM run"), [("interrupted",)])

    def test_bad_other(self):
        self.fixture("known")
        self.refused(2, "--db-merge", "nowhere.db", says=["nowhere.db"])
        with open(self.path("text.db"), "w", encoding="utf-8") as file:
            file.write("no database\n" * 1000)
        self.refused(2, "--db-merge", "text.db", says=["text.db"])
        self.refused(2, "--db-merge", says=["--db-merge OTHER"])
        self.assertIn("1 runs", self.analyze("--db-check").stdout)

    def test_damaged_other_changes_nothing(self):
        other = self.other("known")
        self.other("known", "PASS")
        self.sql("UPDATE verdict SET phase_id = 99999 WHERE run_id = 2", db=other)
        self.fixture("real")
        before = self.rows_of(self.db)
        self.refused(2, "--db-merge", other, says=["other.db", "99999", "--db-check"])
        self.assertEqual(self.rows_of(self.db), before)


class Prune(UpkeepCase):
    def setUp(self):
        super().setUp()
        for days in (50, 40, 10, 1):
            self.fixture("known", f"started={time.time_ns() - days * DAY_NS}")
        data = block(16384, 77, large=True)
        self.sql("WITH n(i) AS (VALUES (1), (2), (3)) INSERT INTO sample_block (run_id, worker, started_ns, "
                 "ended_ns, count, ratio, format, crc, data) SELECT r.id, 0, 77, 77, 16384, "
                 "0.5, 1, ?, ? FROM run r, n", zlib.crc32(data), data)

    def left(self):
        return [row[0] for row in self.sql("SELECT DISTINCT run_id FROM sample_block ORDER BY 1")]

    def test_by_age(self):
        before, size = self.figures(self.db, "--run=1"), os.path.getsize(self.db)
        done = self.analyze("--db-prune", "--older-than=30d")
        self.assertIn("2 runs: 6 blocks", done.stdout)
        self.assertEqual(self.left(), [3, 4])
        self.assertLess(os.path.getsize(self.db), size - 500000)
        self.assertEqual(self.figures(self.db, "--run=1"), before)
        self.assertIn("whole", self.analyze("--db-check").stdout)
        self.assertEqual(self.sql("SELECT run_id FROM note WHERE text LIKE '%--db-prune%' ORDER BY 1"), [(1,), (2,)])
        self.assertIn("0 runs: 0 blocks", self.analyze("--db-prune", "--older-than", "30d").stdout)

    def test_by_size(self):
        self.analyze("--db-prune", "--keep-size=700KiB")
        self.assertEqual(self.left(), [3, 4])
        self.analyze("--db-prune", "--keep-size=0B")
        self.assertEqual(self.left(), [])

    def test_baselines_keep_theirs(self):
        self.analyze("--set-baseline", "old", "1")
        self.analyze("--db-prune", "--keep-size=0B", "--older-than=1h")
        self.assertEqual(self.left(), [1])

    def test_bad_wishes(self):
        self.refused(2, "--db-prune", says=["--older-than", "--keep-size"])
        for wish in ("--older-than=soon", "--older-than=99999999999999d", "--older-than=d",
                     "--keep-size=1k", "--keep-size=-1"):
            self.refused(2, "--db-prune", wish, says=wish.split("="))
        self.refused(2, "--older-than=1d", says=["--older-than"])
        self.assertEqual(self.left(), [1, 2, 3, 4])


class Export(UpkeepCase):
    def test_one_run_in_one_file(self):
        self.fixture("real")
        self.fixture("known", "PASS")
        self.analyze("--db-export", "2", "sent.db")
        self.assertEqual(sorted(os.listdir(self.dir)), sorted(
            [n for n in os.listdir(self.dir) if n.startswith("results")] + ["sent.db"]))
        self.assertEqual(self.figures(self.path("sent.db")), self.figures(self.db, "--run=2"))
        self.assertIn("1 runs", self.analyze("--db", "sent.db", "--db-check").stdout)

    def test_a_run_that_goes_on(self):
        self.fixture("known", "running")
        self.analyze("--db-export", "1", "sent.db")
        state = self.sql("SELECT state, state_reason FROM run", db=self.path("sent.db"))[0]
        self.assertEqual(state[0], "interrupted")
        self.assertIn("going on", state[1])

    def test_refusals(self):
        self.fixture("known")
        with open(self.path("there.db"), "w", encoding="utf-8") as file:
            file.write("precious")
        self.refused(2, "--db-export", "1", "there.db", says=["there.db", "already"])
        self.refused(2, "--db-export", "7", "x.db", says=["7", "--list"])
        self.refused(2, "--db-export", "1", says=["RUN FILE"])
        self.refused(2, "--db-export", "1", "x.db", "y.db", says=["y.db"])
        self.refused(2, "--db-export", "1", "nowhere/x.db", says=["nowhere"])
        with open(self.path("there.db"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")
        self.assertFalse([name for name in os.listdir(self.dir) if "draft" in name])


class Baselines(UpkeepCase):
    def test_set_list_drop(self):
        self.fixture("known")
        self.fixture("real", "workload=second")
        self.analyze("--set-baseline", "v1")
        self.assertEqual(self.sql("SELECT name, run_id FROM baseline"), [("v1", 2)])
        self.analyze("--set-baseline=v1", "1", self.sql("SELECT uuid FROM run WHERE id = 2")[0][0][:8])
        self.analyze("--set-baseline", "v2", "1")
        lines = self.analyze("--list-baselines").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["name", "v1", "v2"])
        self.assertTrue(lines[1].endswith("1, 2"))
        self.analyze("--drop-baseline", "v1")
        self.assertEqual(self.sql("SELECT name, run_id FROM baseline"), [("v2", 1)])

    def test_what_is_missing_is_named(self):
        self.fixture("known")
        self.refused(2, "--drop-baseline", "v9", says=["v9", "none", "--set-baseline"])
        self.analyze("--set-baseline", "v1")
        self.refused(2, "--drop-baseline", "v9", says=["v9", "v1"])
        self.refused(2, "--set-baseline", "v2", "77", says=["77", "--list"])
        self.refused(2, "--set-baseline", says=["NAME"])
        self.refused(2, "--set-baseline", "a\nb", says=["control"])
        self.refused(2, "--set-baseline", "v1", "--list", says=["--list", "--set-baseline"])
        self.refused(5, "--compare=v9", says=["v9", "v1", "--set-baseline"])
        self.assertEqual(self.sql("SELECT name FROM baseline"), [("v1",)])

    def test_only_runs_that_hold(self):
        self.fixture("known")
        self.analyze("--set-baseline", "v1")
        for words, code, says in ((["invalid"], 6, "invalid"), (["dead"], 2, "interrupted"),
                                  (["running"], 3, "is writing"), (["failed"], 2, "failed")):
            self.fixture(*words)
            self.refused(code, "--set-baseline", "v1", says=[says])
        self.assertEqual(self.sql("SELECT run_id FROM baseline"), [(1,)])

    def test_not_while_somebody_writes(self):
        other = self.other("known")
        self.fixture("known")
        with open(self.db + "-lock", "w", encoding="ascii") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            for command in (["--set-baseline", "v1"], ["--drop-baseline", "v1"],
                            ["--db-prune", "--older-than=1d"], ["--db-merge", other]):
                self.refused(3, *command, says=[str(os.getpid()), "writing"])
            self.analyze("--list-baselines")
            self.analyze("--db-check")
        self.assertEqual(self.sql("SELECT * FROM baseline"), [])


class Follow(UpkeepCase):
    def test_a_run_that_ended(self):
        self.fixture("known", "PASS")
        lines = self.analyze("--follow").stdout.splitlines()
        periods = self.sql("SELECT count(DISTINCT seq) FROM interval")[0][0]
        self.assertEqual(len(lines), 2 + periods + 1)
        self.assertTrue(all(len(line) <= 100 for line in lines))
        self.assertIn("done, verdict PASS", lines[-1])
        self.assertIn("990.2", lines[-3])  # both workers' p99, merged

    def test_exit_code_is_the_run_s(self):
        self.fixture("known", "FAIL")
        self.analyze("--follow", code=1)
        self.fixture("known", "dead")
        self.assertIn("interrupted", self.analyze("--follow", "--run", "2", code=4).stdout)

    def test_limit(self):
        self.fixture("known", "running")
        self.assertEqual(len(self.analyze("--follow", "--follow-limit=3", code=5).stdout.splitlines()), 6)
        self.refused(2, "--follow", "--follow-limit=0", says=["--follow-limit"])
        self.refused(2, "--follow", "--run=1", "--run=1", says=["once"])
        self.refused(2, "--follow", "--run=9", says=["9"])
        self.refused(2, "--follow-limit=3", says=["--follow-limit"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
