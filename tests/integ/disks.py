# SPDX-License-Identifier: BSD-3-Clause
"""Disks that are full or read-only: nothing half-written, always a message that says what is kept.

The disks are tmpfs in a mount namespace of this test's own.
"""
import os
import pathlib
import re
import shutil
import sqlite3
import sys

import case
import gen
from results import Results

ENVIRONMENT = 3


class Disk:
    """A tmpfs that goes with the `with` block."""

    def __init__(self, folder, size):
        self.path, self.size = folder / "disk", size

    def __enter__(self):
        self.path.mkdir(exist_ok=True)
        case.must("mount", "-t", "tmpfs", "-o", f"size={self.size}", "none", self.path)
        return self

    def __exit__(self, *_):
        case.must("umount", "-l", self.path)

    def make_read_only(self):
        case.must("mount", "-o", "remount,ro", self.path)

    def fill(self, leave=0):
        """Takes what is free but `leave` bytes."""
        free = os.statvfs(self.path)
        filler = self.path / "filler"
        with open(filler, "ab") as file:
            file.write(bytes(max(0, free.f_bavail * free.f_bsize - leave)))
        return filler


def refused(what, *arguments, says=()):
    process = case.execute(*arguments)
    case.expect_equal(process.code, ENVIRONMENT, f"{what}: exit code of\n{process}")
    for word in says:
        case.expect(word in process.err, f"{what}: no '{word}' in the message of\n{process}")


def whole(db):
    case.expect("whole" in gen.analyze("--db", db, "--db-check"), f"{db} is not whole")


def a_run_into(folder, db, **keys):
    # Without raw samples, so that how much room is taken does not depend on what the machine did.
    keys = {"rate": "2000/s", "samples": "none", **keys}
    job = gen.job(folder, **keys, wire="pair", interval="100ms", db=db)
    return gen.run(job, code=None)


def fills_up_during_a_run(folder):
    with Disk(folder, "600k") as disk:
        db = disk.path / "results.db"
        process = a_run_into(folder, db, duration="3s", connections=20)
        case.expect_equal(process.code, ENVIRONMENT, f"exit code of\n{process}")
        case.expect(str(db) in process.err and "kept" in process.err, str(process))
        gen.analyze("--db", db, "--list")
        whole(db)
        with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as opened:
            stored, until_s = opened.execute(
                "SELECT count(*), (max(i.ended_ns) - r.started_ns) / 1e9 FROM run r JOIN interval i").fetchone()
        said = re.search(r"; kept: run 1 as [a-z]+, (\d+) intervals? up to second ([\d.]+), 0 raw", process.err)
        case.expect(said, f"nothing is said of what is kept:\n{process}")
        print(f"full disk: {said.group(0)}")
        case.expect_equal(int(said.group(1)), stored, "intervals kept")
        case.expect(abs(float(said.group(2)) - until_s) <= 0.05, f"kept up to second {until_s}")
        case.expect("kept: " + said.group(0).split(", ", 1)[1] in
                    case.execute(case.ANALYZE, "--db", db).out.replace("\n    ", " "),
                    "analyze does not say what was kept")


def upkeep_on_a_full_disk(folder, good):
    with Disk(folder, "4m") as disk:
        db = shutil.copy(good, disk.path / "results.db")
        before = Results(db).query("SELECT uuid FROM run ORDER BY id")
        filler = disk.fill(leave=150_000)
        refused("export", case.ANALYZE, "--db", good, "--db-export", 1, disk.path / "x.db",
                says=["x.db", "full"])
        refused("merge", case.ANALYZE, "--db", disk.path / "new.db", "--db-merge", good,
                says=["new.db", "full"])
        stray = {path.name for path in disk.path.iterdir() if not path.name.startswith("results.db")}
        case.expect_equal(stray, {"filler"}, "files on the disk")
        disk.fill()
        refused("baseline", case.ANALYZE, "--db", db, "--set-baseline", "v1", says=["results.db"])
        filler.unlink()
        whole(db)
        case.expect_equal(Results(db).query("SELECT uuid FROM run ORDER BY id"), before, "runs")


def prune_without_room_to_shrink(folder, good):
    """Room for the deletion, not for what VACUUM writes anew."""
    with Disk(folder, "8m") as disk:
        db = shutil.copy(good, disk.path / "results.db")
        with sqlite3.connect(db) as opened:
            opened.execute("INSERT INTO sample_block (run_id, worker, started_ns, ended_ns, count, ratio, "
                           "format, crc, data) VALUES (1, 0, 1, 2, 3, 1, 1, 0, randomblob(1500000))")
            opened.execute("INSERT INTO note (run_id, at_ns, level, text) VALUES (1, 1, 'info', "
                           "hex(randomblob(1000000)))")
        opened.close()
        filler = disk.fill(leave=1_000_000)
        refused("prune", case.ANALYZE, "--db", db, "--db-prune", "--keep-size=0B",
                says=["results.db", "full", "are dropped", "kept"])
        filler.unlink()
        whole(db)
        case.expect_equal(Results(db).query("SELECT count(*) FROM sample_block"), [(0,)], "blocks")


def upkeep_on_a_read_only_disk(folder, good):
    with Disk(folder, "4m") as disk:
        db = shutil.copy(good, disk.path / "results.db")
        disk.make_read_only()
        whole(db)
        gen.analyze("--db", db, "--list")
        gen.analyze("--db", db, "--list-baselines")
        gen.analyze("--db", db, "--follow")
        gen.analyze("--db", db, "--db-export", 1, folder / "out.db")
        whole(folder / "out.db")
        for command in (["--set-baseline", "v1"], ["--drop-baseline", "v1"], ["--db-merge", good],
                        ["--db-prune", "--older-than=1d"]):
            refused("read-only disk", case.ANALYZE, "--db", db, *command,
                    says=["results.db", "Read-only file system"])
        process = a_run_into(folder, db, duration="1s")
        case.expect_equal(process.code, ENVIRONMENT, f"exit code of\n{process}")


def inside():
    with case.scratch() as folder:
        good = folder / "good.db"
        a_run_into(folder, good, rate="max", duration="1s")
        fills_up_during_a_run(folder)
        upkeep_on_a_full_disk(folder, good)
        prune_without_room_to_shrink(folder, good)
        upkeep_on_a_read_only_disk(folder, good)


def test():
    case.need_capabilities()
    case.need_programs("unshare", "mount")
    if "--inside" in sys.argv:
        inside()
        return
    done = case.execute("unshare", "-m", sys.executable, pathlib.Path(__file__), "--inside", seconds=80)
    print(done.out, end="")
    case.expect(done.code == 0, f"exit code {done.code}:\n{done.err}")


case.main(test)
