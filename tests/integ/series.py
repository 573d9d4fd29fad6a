# SPDX-License-Identifier: BSD-3-Clause
"""Several jobs and folders in one call, and --dry-run: what runs in which order, what the table and
the exit code say, and that a dry run leaves nothing behind."""
import fcntl
import re
import signal

import case
import gen
from results import Results

# Of 40 starts a busy machine delays one soon, which is not what is asked here.
SHORT = {"wire": "pair", "connections": 2, "rate": "200/s", "duration": "200ms", "valid_lateness_p99": "10s",
         "valid_missed": "100%"}
HEAD = re.compile(r"^ run  workload", re.MULTILINE)


def call(*arguments, code, seconds=60):
    process = case.execute(case.GEN, "run", *arguments, seconds=seconds)
    case.expect(process.code == code, f"expected exit code {code}:\n{process}")
    return process


def rows(process):
    """Of the table: [workload, state, verdict] each."""
    case.expect_equal(len(HEAD.findall(process.out)), 1, "tables")
    lines = process.out[HEAD.search(process.out).end():].splitlines()[1:]
    return [line.split()[1:4] for line in lines if re.match(r" *(\d+|-)  ", line)]


def folder_in_order(folder, db):
    """Files in order, a failed rule among them, one that waits for a later version skipped."""
    jobs = folder / "jobs"
    jobs.mkdir()
    gen.job(jobs, "c", db=db, **SHORT)
    gen.job(jobs, "a", db=db, sla="p99<1ns", **SHORT)
    gen.job(jobs, "b", db=db, **{**SHORT, "peer": "none", "connect_limit": "1s"})
    gen.job(jobs, "w", protocol="http", db=db)
    (jobs / "notes.txt").write_text("no job", encoding="utf-8")
    last = gen.job(folder, "last", db=db, **SHORT)
    process = call(jobs, last, code=4, seconds=90)
    table = rows(process)
    case.expect_equal([row[0] for row in table], ["a", "b", "c", "w", "last"], "the order")
    case.expect_equal([row[1] for row in table], ["done", "failed", "done", "skipped", "done"],
                      f"states:\n{process}")
    case.expect_equal(table[0][2], "FAIL", "the verdict of a")
    case.expect_equal(table[3][2], "SKIP", "the verdict of w")
    case.expect("it comes with HTTP/1.1" in process.out, f"why it was skipped:\n{process}")
    case.expect("b.conf: " in process.err, f"why b failed:\n{process}")
    case.expect_equal(len(Results(db).states()), 4, "runs in the file")
    stopped = rows(call("--stop-on-failure", jobs, last, code=1))
    case.expect_equal([row[1:3] for row in stopped[1:3]], [["not", "run"]] * 2, "after a failure")


def nothing_runs_before_all_are_checked(folder):
    db = folder / "never.db"
    good = gen.job(folder, "good", db=db, **SHORT)
    bad = gen.job(folder, "bad", db=db, **{**SHORT, "connections": "many"})
    later = gen.job(folder, "later", db=db, protocol="mcp")
    for other, says in ((bad, "many"), (later, "it comes with MCP"), (folder / "none", "none")):
        process = call(good, other, code=2)
        case.expect(says in process.err and not process.out, f"refused at once:\n{process}")
    case.expect(not list(folder.glob("never.db*")), "a database was written")


def signal_ends_all(folder):
    db = folder / "signal.db"
    first = gen.job(folder, "first", db=db, **{**SHORT, "duration": "30s", "quiet": "no"})
    second = gen.job(folder, "second", db=db, **SHORT)
    with gen.start(first, second) as process:
        case.wait_until(lambda: "connections" in process.err, 20, lambda: f"did not begin:\n{process}")
        process.send(signal.SIGINT)
        process.wait(30)
        case.expect_equal(process.code, 130, "exit code")
        table = rows(process)
        case.expect_equal([row[:2] for row in table], [["first", "interrupted"], ["second", "not"]],
                          "what ran")


def dry_run(folder):
    """The same memory as a run stores; exit codes of what is wrong; and nothing is made."""
    place = folder / "dry"
    place.mkdir()
    db = place / "dry.db"
    job = gen.job(folder, "dry", db=db, **{**SHORT, "pattern": "short_lived", "connections": 64})
    before = sorted(p.name for p in place.iterdir())
    text = call("--dry-run", job, code=0).out
    for part in ("plan", "arithmetic", "checks", "800,000", "200/s on average", "nothing was sent"):
        case.expect(part in text, f"no '{part}' in:\n{text}")
    case.expect("problem" not in text, f"a problem:\n{text}")
    call("--dry-run", job, "--wire=lab", code=0)
    bad = call("--dry-run", job, "--connections=many", code=2).out
    case.expect("problem" in bad and "many" in bad, bad)
    lost = call("--dry-run", job, "--db=/nowhere/x.db", code=2).out
    case.expect("/nowhere/x.db" in lost and "clock" in lost, f"all checks, also after one:\n{lost}")
    (place / "text.db").write_text("no database " * 20, encoding="utf-8")
    text_db = call("--dry-run", job, f"--db={place}/text.db", code=2).out
    case.expect("not a database" in text_db, text_db)
    (place / "text.db").unlink()
    gone = call("--dry-run", job, "--wire=xdp:wbt-none", "--target=10.9.9.9:1", code=3).out
    case.expect("wbt-none" in gone, gone)
    written_by_another(place, job)
    both = call("--dry-run", folder / "jobs", job, code=2).out
    case.expect("it comes with HTTP/1.1" in both and "dry run: nothing was sent" in both, both)
    case.expect_equal(sorted(p.name for p in place.iterdir()), before, "files made")
    case.expect(not list(folder.glob("dry.db*")), "a database was written")
    same_memory(job, db, text)


def written_by_another(place, job):
    db, lock = place / "held.db", place / "held.db-lock"
    for path in (db, lock):
        path.touch()
    with open(lock, "r+", encoding="utf-8") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        text = call("--dry-run", job, f"--db={db}", code=3).out
    case.expect("another process writes it now" in text, text)
    case.expect("writer" not in call("--dry-run", job, f"--db={db}", code=0).out, "nobody writes it")
    for path in (db, lock):
        path.unlink()


UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def same_memory(job, db, text):
    gen.run(job, code=(0, 5, 6))
    both = ("connections", "flow_table", "time_wait", "out_of_order", "side_blocks", "sessions", "paths",
            "interval_blocks")
    for column, side, pools in ((0, "gen", (*both, "transactions", "sample_rings")),
                                (1, "peer", (*both, "replies"))):
        stored = dict(Results(db).query("SELECT pool, bytes_per_conn * connections FROM conn_memory "
                                       f"WHERE side = '{side}'"))
        for pool in pools:
            sizes = re.search(rf"^    {pool} +(.*)$", text, re.MULTILINE).group(1)
            number, unit = re.findall(r"([\d.]+) (\w+)", sizes)[column]
            told = float(number) * UNITS[unit]
            case.expect(abs(told - stored[pool]) <= 0.06 * stored[pool] + 1,
                        f"{pool} of {side}: the dry run says {told}, the run {stored[pool]}")


def too_much_memory(folder):
    """Refused with the sum, by the dry run and by the run, before anything is made."""
    db = folder / "much.db"
    job = gen.job(folder, "much", db=db, wire="pair", connections=20_000_000, depth=64,
                  source="198.18.0.0/15", samples="none")
    with open("/proc/meminfo", encoding="utf-8") as told:
        if int(told.readline().split()[1]) > 64 << 20:
            print("not tried: 64 GiB (the file says kB) may be enough for 20,000,000 connections")
            return
    case.expect("problem  memory" in call("--dry-run", job, code=3).out, "what the dry run says")
    refused = call(job, code=3).err
    case.expect(re.search(r"memory: .* for gen \+ .* for the responder \+ .* of frames = .* for 20000000 "
                          r"connections, .* available", refused), refused)
    case.expect(not list(folder.glob("much.db*")), "a database was written")


def test():
    with case.scratch() as folder:
        folder_in_order(folder, folder / "series.db")
        nothing_runs_before_all_are_checked(folder)
        signal_ends_all(folder)
        dry_run(folder)
        too_much_memory(folder)


case.main(test)
