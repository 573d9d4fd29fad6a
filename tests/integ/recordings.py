# SPDX-License-Identifier: BSD-3-Clause
"""What goes wrong in a run is recorded, read by tshark, and stepped through the engine again."""
import ctypes
import json
import pathlib
import re
import signal
import sqlite3
import time

import case
import gen

TGKILL = 234  # x86_64


def recordings(folder, kind="*"):
    return sorted(folder.glob(f"results.db.*-{kind}.replay"))


def replay(path, *more, code=0):
    process = case.execute(case.GEN, "replay", path, *more)
    case.expect(process.code == code, f"expected exit code {code}:\n{process}")
    return process.out


def run_with(folder, name, **keys):
    """With 4 MiB a ring holds what a connection did before it lost a segment, even where it waited for that until the
    time-out while the others went on: of 1 MiB nothing was left of it in one run of many."""
    job = gen.job(folder, name, wire="pair", connections=8, payload="200-3000", rate=2000,
                  duration="1s", flight="4MiB", timeout="300ms", db=folder / "results.db", **keys)
    return gen.run(job, code=None)


def check_faults(folder):
    """Wrong replies and time-outs, from over a wire that loses and changes frames."""
    process = run_with(folder, "faults", fault_rx="loss=2%,corrupt=0.5%,corrupt_bits=2")
    kept = recordings(folder)
    case.expect_equal(len(kept), 4, "recordings, of many faults")
    case.expect(", recorded: 4;" in process.err, str(process))
    with sqlite3.connect(folder / "results.db") as db:
        notes = [text for text, in db.execute("SELECT text FROM note WHERE text LIKE 'flight%'")]
    case.expect_equal(len(notes), 4, "notes in the file")
    for path in kept:
        case.expect(any(str(path) in note for note in notes), f"{path} is in no note")
        out = replay(path)
        case.expect("> S 0:0(0) win" in out or "from the middle" in out, out)
        case.expect(re.search(r"^reproduces: \d+ segments left as recorded$", out, re.MULTILINE), out)
        lines = [json.loads(line) for line in replay(path, "--json").splitlines()]
        case.expect_equal(lines[-1]["verdict"], "reproduces", path)
        case.expect(lines[0]["why"] in ("bad_reply", "timeout"), lines[0])
        check_capture(path.with_suffix(".pcap"))


def check_capture(path):
    case.need_programs("tshark")
    shown = case.must("tshark", "-n", "-r", path, "-o", "ip.check_checksum:TRUE", "-T", "fields",
                      "-e", "tcp.stream")
    case.expect_equal(set(shown.split()), {"0"}, f"{path}: streams")
    wrong = case.must("tshark", "-n", "-r", path, "-o", "ip.check_checksum:TRUE", "-o",
                      "tcp.check_checksum:TRUE", "-Y",
                      "_ws.malformed || ip.checksum.status == Bad || tcp.checksum.status == Bad")
    case.expect_equal(wrong.strip(), "", f"{path}: frames that tshark finds wrong")


def check_damage(folder):
    """A file with a byte changed, one cut off, and another's are refused with a reason."""
    path = recordings(folder)[0]
    data = bytearray(path.read_bytes())
    bad = folder / "bad.replay"
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    case.expect("damaged: its checksum" in case.execute(case.GEN, "replay", bad).err, "a changed byte")
    bad.write_bytes(path.read_bytes()[:-100])
    replay(bad, code=2)
    case.expect("cut off" in case.execute(case.GEN, "replay", bad).err, "a file cut off")
    replay(folder / "results.db", code=2)


def worker_of(pid):
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text(encoding="ascii").strip() == "client":
            return int(task.name)
    return 0


def check_assertion(folder):
    """A worker that aborts leaves its whole ring."""
    job = gen.job(folder, "assertion", wire="pair", connections=8, rate=2000, duration="20s",
                  flight="1MiB", db=folder / "results.db")
    with gen.start(job) as process:
        case.wait_until(lambda: worker_of(process.child.pid), 10, lambda: "no worker")
        time.sleep(1.5)
        ctypes.CDLL(None).syscall(TGKILL, process.child.pid, worker_of(process.child.pid),
                                  int(signal.SIGABRT))
        process.wait(20)
        case.expect_equal(process.code, -signal.SIGABRT, "how it ended")
        case.expect("gen: flight recording: " in process.err, str(process))
    path, = recordings(folder, "assertion-w0")
    out = replay(path)
    case.expect("assertion" in out.splitlines()[0] and "reproduces: " in out, out)


def test():
    with case.scratch() as folder:
        check_faults(folder)
        check_damage(folder)
        check_assertion(folder)


case.main(test)
