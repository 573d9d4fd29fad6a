# SPDX-License-Identifier: BSD-3-Clause
"""CPU, memory and context switches of gen and of a local peer, each interval: a command with all its
children, and a server that gen did not start, as long as it lives."""
import os
import pathlib
import signal
import sys

import case
import gen
import lab
from results import Results, while_running

TRIES = 3

# A server with a child that computes for 0.2 s and is waited for, and one that it leaves behind.
BUSY = r"""
import os, subprocess, sys, threading, time
spin = [sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass"]
sleep = [sys.executable, "-c", "import time\nheld = bytearray(50 << 20)\ntime.sleep(60)"]
subprocess.Popen(sleep)
subprocess.Popen(["/bin/sh", "-c", '"$0" -c "$1" &', spin[0], spin[2]])
server = subprocess.Popen(sys.argv[1:])
subprocess.run(spin)
server.wait()
"""


def resources(results):
    rows = results.query("SELECT role, at_ns, cpu_ns, rss_bytes, voluntary_switches, involuntary_switches, pid "
                         "FROM resource WHERE run_id = ? ORDER BY at_ns", results.run_id)
    case.expect(all(None not in r for r in rows), "a figure is missing")
    mine, theirs = ([r for r in rows if r[0] == role] for role in ("gen", "peer"))
    for rows in (mine, theirs):
        back = [b for a, b in zip(rows, rows[1:]) if b[2] < a[2] or b[4] < a[4] or b[5] < a[5]]
        case.expect(not back, f"figures go back: {back}")
    return mine, theirs


def each_interval(results, mine, theirs):
    """A row of each with every interval; a recorder that was behind brings one for several. Whether it was not."""
    case.expect_equal([r[1] for r in mine], [r[1] for r in theirs], "moments that both were looked at")
    ended = [row[0] for row in results.query("SELECT ended_ns FROM interval WHERE run_id = ? ORDER BY 1", results.run_id)]
    brought = {max((e for e in ended if e <= r[1]), default=None) for r in mine}
    if len(brought) >= len(ended) // 3:
        return True
    print(f"{len(brought)} of {len(ended)} intervals brought a row", flush=True)
    case.expect(results.column("valid") == 0, "and yet the machine left the run its cores")
    return False


def used(db, role):
    """What the rows of a role say while the run goes on: how many, the most CPU time, the most memory."""
    sql = "SELECT count(*), ifnull(max(cpu_ns), 0), ifnull(max(rss_bytes), 0) FROM resource WHERE role = ?"
    return while_running(lambda: Results(db).query(sql, role)[0], (0, 0, 0))


def whole_tree(folder):
    """The command's children count, those that have ended and those that lost their parent, too."""
    script = folder / "busy.py"
    script.write_text(BUSY, encoding="utf-8")
    server = f"{sys.executable} {script} {case.SERVER} --listen 198.19.0.1:9000 --mode echo"
    for attempt in range(TRIES):
        db = folder / f"tree{attempt}.db"
        job = gen.job(folder, "tree", wire="lab", peer=f"exec:{server}", rate=500, interval="250ms", connections=4, db=db)
        with gen.start(job) as process:
            case.wait_until(lambda: used(db, "gen")[0] > 6 and used(db, "peer")[1] >= 4e8 - 2e7 and
                            used(db, "peer")[2] >= 50 << 20, 50,
                            lambda: f"rows, CPU time and memory of the peer: {used(db, 'peer')}")
            process.send(signal.SIGINT)
            case.expect_equal(process.wait(30), 130, str(process))
        results = Results(db)
        mine, theirs = resources(results)
        case.expect(theirs[-1][2] >= 4e8 - 2e7, f"CPU time of two children of 0.2 s each: {theirs[-1][2] / 1e9}")
        case.expect(theirs[-1][3] >= 50 << 20, f"memory of a child: {theirs[-1][3] >> 20} MiB")
        if each_interval(results, mine, theirs):
            return True
    return False


def own_peer(folder):
    """A server that gen did not start: figures as long as it lives, and a note when it ends."""
    db = folder / "own.db"
    with lab.Lab() as box, gen.server(box) as server:
        job = gen.job(folder, "own", rate=500, interval="250ms", connections=4, timeout="200ms", drain="300ms", db=db,
                      **gen.over_xdp())
        with gen.start(job, f"--peer-pid={server.child.pid}", namespace=box.near) as process:
            case.wait_until(lambda: used(db, "peer")[0] > 4, 30, lambda: f"rows of the peer: {process}")
            server.stop(signal.SIGKILL)
            case.wait_until(lambda: used(db, "gen")[0] > used(db, "peer")[0] + 2, 30, lambda: f"rows of gen: {process}")
            process.send(signal.SIGINT)
            process.wait(30)
    results = Results(db)
    mine, theirs = resources(results)
    case.expect(4 < len(theirs) < len(mine), f"{len(mine)} rows of gen, {len(theirs)} of the peer")
    case.expect_equal({r[6] for r in theirs}, {server.child.pid}, "of that process")
    notes = [row[0] for row in results.query("SELECT text FROM note")]
    text = f"the peer (process {server.child.pid}) has ended: it has no figures from here on"
    case.expect(text in notes, f"{notes}\n{process}")
    refused = gen.run(job, f"--peer-pid={server.child.pid}", code=2)
    case.expect("no such process: expected one that runs on this machine" in refused.err, str(refused))


def of_a_connection(folder):
    """A process for all connections less one for none, each side apart, and what cannot be measured."""
    db = folder / "memory.db"
    rules = "memory_bytes_per_conn>100, memory_bytes_per_conn<100000, peer_memory_bytes_per_conn>100"
    job = gen.job(folder, "memory", wire="lab", rate=200, duration="300ms", connections=5000, sla=rules, db=db)
    gen.run(job, code=gen.WELL_OR_LATE)
    results = Results(db)
    rows = results.query("SELECT side, connections, base_bytes, loaded_bytes, bytes_per_conn FROM conn_memory "
                         "WHERE pool = 'process' ORDER BY side")
    case.expect_equal([row[:2] for row in rows], [("gen", 5000), ("peer", 5000)], "sides")
    for _, count, base, loaded, each in rows:
        case.expect(0 < base < loaded and abs(each - (loaded - base) / count) < 1e-6, f"{rows}")
    reserved, = results.query("SELECT sum(bytes_per_conn) FROM conn_memory WHERE side = 'gen' AND pool IN "
                              "('connections', 'sessions', 'flow_table')")[0]
    case.expect(rows[0][4] > 0.9 * reserved, f"less than what is reserved for them: {rows}, {reserved}")
    case.expect_equal(results.query("SELECT DISTINCT state FROM verdict"), [("PASS",)], "verdicts")
    case.expect(not list(pathlib.Path("/tmp").glob("wirebench-base-*")), "the second process left its folder")
    gen.run(job, "--wire=pair", "--connections=10", code=(5, 6))
    notes = Results(db).query("SELECT text FROM note WHERE run_id = 2 AND text LIKE 'memory%'")
    case.expect_equal(notes, [("memory of a connection not measured: wire = pair: both ends are one process",)], "notes")
    gen.run(job, "--sla=", code=gen.WELL_OR_LATE)
    case.expect_equal(Results(db).query("SELECT count(*) FROM conn_memory WHERE run_id = 3 AND pool = 'process'"),
                      [(0,)], "nobody asked")


def base_folders():
    return set(pathlib.Path("/tmp").glob("wirebench-base-*"))


def children(process):
    task = pathlib.Path(f"/proc/{process.child.pid}/task/{process.child.pid}/children")
    return [int(pid) for pid in task.read_text(encoding="ascii").split()]


def kill_second_process(folder, db):
    """While it sets up. What the run says of the memory then."""
    job = gen.job(folder, "early", wire="lab", rate=200, duration="300ms", connections=4, measure_memory="yes", db=db)
    before = base_folders()
    with gen.start(job) as process:
        case.wait_until(lambda: base_folders() - before and children(process), 10, lambda: f"no second process:\n{process}")
        left = base_folders() - before
        for pid in children(process):
            os.kill(pid, signal.SIGKILL)
        process.wait(30)
        case.expect(process.code in gen.WELL_OR_LATE, str(process))
    case.wait_until(lambda: not left & base_folders(), 5, lambda: f"a folder stayed behind, of {left}")
    return Results(db).query("SELECT text FROM note WHERE text LIKE 'memory%'")


def ended_early(folder):
    """The second process is killed while it sets up: the run goes on, and nothing of it is left."""
    notes = kill_second_process(folder, folder / "early.db")
    case.expect_equal(notes, [("memory of a connection not measured: the process for 0 connections ended before it "
                               "told",)], "notes")


def test():
    case.need_capabilities()
    case.need_programs("ip", case.SERVER)
    with case.scratch() as folder:
        own_peer(folder)
        of_a_connection(folder)
        ended_early(folder)
        if not whole_tree(folder):
            case.skip(f"the recorder was behind {TRIES} times on a busy machine; the rest held")


case.main(test)
