#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""keep_tapes.py GEN FOLDER: records the seeds of fuzz/tape anew, into FOLDER (tests/fuzz/corpus/tape).

Real runs over the pair wire with faults, of the seed and congestion control whose engine the fuzzer has.
Of the job in a recording what matters stays: its rest is half of the file, and no fuzzer reads it. Run it
when `struct conn` or what the engine says by itself has changed: older recordings are then read and not
stepped. The seeds that a fuzzer found are left alone.
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

JOB = """[global]
wire = pair
protocol = echo
congestion = cubic
seed = 1
"""
RUN = """connections = 1
payload = 50
rate = 200
warmup = 0
samples = none
flight = 256KiB
"""
DENSE = ["--depth=16", "--payload=1-4", "--rate=3000", "--timeout=1s", "--duration=1s"]
FROM_SYN = "^from its SYN$"
# Of each: what makes it, with another share of loss at each try; what gen replay must show of it.
TAPES = {
    "bad_reply": (["--fault_rx=corrupt=10%,corrupt_bits=2", "--timeout=3s", "--duration=1s"],
                  [FROM_SYN, r"\* bad_reply$"]),
    "timeout": (["--fault_rx=loss=4{}%", "--timeout=300ms", "--duration=500ms"],
                [FROM_SYN, r"timer\n.*> P", r"\* timeout$"]),
    "handshake_lost": ([*DENSE, "--fault=loss={}%,reorder=10%,duplicate=5%,corrupt=9%,corrupt_bits=2"],
                       [FROM_SYN, r"(?s)> S .*> S .*ESTABLISHED.*> P"]),
    "repairs": ([*DENSE, "--fault=loss={}%,reorder=10%,duplicate=5%,corrupt=9%,corrupt_bits=2"],
                [FROM_SYN, r"<.*,sack \d", r">.*,sack \d"]),
    "from_the_middle": (["--connections=8", "--fault=loss=30%,corrupt=20%,corrupt_bits=2", "--timeout=8s",
                         "--duration=3s"], ["^from the middle", r"timer\n.*> P", r"<.*,sack \d"]),
}
TRIES, MOST_BYTES, CUT_OFF = 40, 5 << 10, 300
# struct flight_head (gen/flight/file.h): where the sum is, what it is of, and what is written anew.
SCOPE_AT, SUM_AT, SUM_END, REMOTE_AT, JOB_AT, HEAD = 10, 16, 24, 56, 96, 216


def fnv(data, value=0xcbf29ce484222325):
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 % (1 << 64)
    return value


def summed(head, body):
    value = fnv(struct.pack("<Q", fnv(body)), fnv(head[SUM_END:]))
    return head[:SUM_AT] + struct.pack("<Q", value) + head[SUM_END:] + body


def trimmed(data):
    """The same recording with the job's first lines alone."""
    job_bytes, tape_bytes = struct.unpack_from("<II", data, JOB_AT)
    assert len(data) == HEAD + (job_bytes + 7) // 8 * 8 + tape_bytes, "another head than this knows"
    job = JOB.encode()
    head = data[:JOB_AT] + struct.pack("<I", len(job)) + data[JOB_AT + 4:HEAD]
    return summed(head, job + bytes(-len(job) % 8) + data[len(data) - tape_bytes:])


def other_family(data):
    """Forged: the other end of the connection has an IPv6 address."""
    return summed(data[:REMOTE_AT] + struct.pack("<QQ", 0x20010db800000000, 1) + data[REMOTE_AT + 16:HEAD],
                  data[HEAD:])


def another_engine(data):
    """Forged: the application sent a byte more than what left says."""
    body, found = re.subn(rb"(\x04\0\x06.)2\0\0\0", lambda m: m[1] + b"3\0\0\0", data[HEAD:], count=1, flags=re.DOTALL)
    assert found, "no record of a send of 50 bytes"
    return summed(data[:HEAD], body)


def whole_ring(data):
    """Forged: as an assertion leaves it, which does not say whose connection it was."""
    return summed(data[:SCOPE_AT] + struct.pack("<H", 1) + data[SCOPE_AT + 2:HEAD], data[HEAD:])


def shows(gen, path, wanted):
    told = subprocess.run([gen, "replay", path], check=False, capture_output=True, text=True)
    return told.returncode == 0 and all(re.search(text, told.stdout, re.MULTILINE) for text in wanted)


def record(gen, folder, more, wanted):
    """The smallest of the recordings of one run that show what is wanted; None: none does."""
    job = folder / "tape.conf"
    job.write_text(JOB + RUN, encoding="utf-8")
    subprocess.run([gen, "run", job, "--db=r.db", "--quiet", *more], cwd=folder, check=False,
                   capture_output=True)
    found = []
    for path in folder.glob("*.replay"):
        path.write_bytes(trimmed(path.read_bytes()))
        if path.stat().st_size <= MOST_BYTES and shows(gen, path, wanted):
            found.append(path.read_bytes())
    return min(found, key=len, default=None)


def keep(gen, more, wanted):
    for attempt in range(TRIES):
        keys = [key.format(5 + attempt % 5) for key in more]
        with tempfile.TemporaryDirectory() as scratch:
            data = record(gen, pathlib.Path(scratch), keys, wanted)
        if data:
            return data
    raise SystemExit(f"{TRIES} runs, and none shows {wanted}")


def main(gen, folder):
    kept = {name: keep(pathlib.Path(gen).resolve(), *tape) for name, tape in TAPES.items()}
    kept["cut_off"] = kept["timeout"][:CUT_OFF]
    kept |= {forge.__name__: forge(kept["timeout"]) for forge in (other_family, another_engine, whole_ring)}
    for name, data in sorted(kept.items()):
        pathlib.Path(folder, name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")


main(*sys.argv[1:])
