# SPDX-License-Identifier: BSD-3-Clause
"""Reads a results database as anybody with sqlite3 would."""
import contextlib
import sqlite3

from case import expect, expect_equal


def while_running(question, otherwise):
    """What question() makes of a file that a run may just be making: `otherwise` while the file, its tables or
    the run's row are not there yet."""
    try:
        return question()
    except (AssertionError, sqlite3.OperationalError):
        return otherwise


class Results:
    """The last run of a file, or the run with the id given; totals over all phases and workers."""

    def __init__(self, path, run_id=None):
        expect(path.exists(), f"{path} was not written")
        self.path = path
        self.run_id = run_id or self._one("SELECT max(id) FROM run")
        expect(self.run_id is not None, f"{path} holds no run")

    def query(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def _one(self, sql, *values):
        rows = self.query(sql, *values)
        return rows[0][0] if rows else None

    def column(self, name):
        return self._one(f"SELECT {name} FROM run WHERE id = ?", self.run_id)

    def states(self):
        return [row[0] for row in self.query("SELECT state FROM run ORDER BY id")]

    def sum(self, name):
        """A column of the interval table, added up."""
        return self._one(f"SELECT sum({name}) FROM interval WHERE run_id = ?", self.run_id) or 0

    def counters(self, kind):
        """{name: total} of a kind: counter, result, connect_error or drop. Zeros are not there."""
        return dict(self.query("SELECT name, sum(value) FROM counter_total "
                               "WHERE run_id = ? AND kind = ? GROUP BY name", self.run_id, kind))

    def counter(self, name, kind="counter"):
        return self.counters(kind).get(name, 0)

    def check_whole(self):
        """What holds for every run that ended: the file is sound and every start has one end."""
        expect_equal(self._one("PRAGMA integrity_check"), "ok", "integrity of the database")
        started, completed, failed = (self.sum(n) for n in ("started", "completed", "failed"))
        expect_equal(started, completed + failed, "started = completed + failed")
        results = self.counters("result")
        expect_equal(results.pop("ok", completed), completed, "results that are ok")
        expect_equal(sum(results.values()), failed, "failures by kind")
        opened = self.sum("connects_completed") + self.sum("connects_failed")
        expect_equal(self.sum("connects_started"), opened, "connects started = completed + failed")
        return self

    def check_all_completed(self, count=None):
        """No transaction failed; exactly `count` of them completed, where it is given."""
        self.check_whole()
        expect_equal(self.counters("result").keys() - {"ok"}, set(), "kinds of failure")
        expect_equal(self.sum("failed"), 0, "failed transactions")
        if count is not None:
            expect_equal(self.sum("completed"), count, "completed transactions")
        return self
