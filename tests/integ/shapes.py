# SPDX-License-Identifier: BSD-3-Clause
"""Every shape in a real run over the pair: the starts that were recorded are those of the seeded
schedule, one by one and interval by interval; the phase says its mean rate and its shape. Sizes are
drawn as the job says, the same again from the same seed."""
import bisect
import re
import subprocess

import case
import gen
from results import Results

EXTENSION = case.BUILD / "db" / "wirebench.so"
INTENDED = case.BUILD / "tests" / "integ" / "intended"
RATE, TENTHS = 4000, 5  # of a second
DURATION = f"{TENTHS * 100}ms"
SHAPES = {  # keys, mean rate (None: by chance), text
    "constant": ({}, RATE, "4000/s"),
    "burst": ({"burst_factor": 3, "burst_high": "70ms", "burst_low": "30ms"}, RATE * 2.4,
              "4000/s burst (factor=3, high=70ms, low=30ms)"),
    "ramp": ({"ramp_from": 2, "ramp_to": 0}, RATE, "4000/s ramp (from=2, to=0, time=0, steps=0)"),
    "sine": ({"sine_period": "250ms"}, RATE, "4000/s sine (depth=0.8, period=250ms)"),
    "walk": ({"walk_low": 0.5}, None, "4000/s walk (step=0.2, low=0.5, high=2)"),
    "poisson": ({}, RATE, "4000/s poisson"),
    "replay": ({"rate": 0, "replay": "list.csv"}, RATE, "2000 arrivals replay (hash=eeeeeeeeeeeeeeee)"),
}


def shell(db, sql):
    done = subprocess.run(["sqlite3", "-bail", "-noheader", "-list", db, f".load {EXTENSION}", sql],
                          capture_output=True, text=True, check=True)
    return [line.split("|") for line in done.stdout.splitlines()]


def starts(db):
    """Intended starts of the measured phase, in ns from its start, in order."""
    began, = Results(db).query("SELECT started_ns FROM phase WHERE kind = 'measure'")[0]
    return [int(row[0]) - began for row in shell(db, "SELECT time_ns FROM sample WHERE run = 1 AND measured ORDER BY 1")]


def as_scheduled(found, job, more):
    """Start for start: those that the machine holds up at the end start in the drain."""
    planned = [int(line) for line in case.execute(INTENDED, job, *more).out.split()]
    case.expect(len(planned) > 1000, f"only {len(planned)} starts are planned")
    for tenth in range(TENTHS):
        low, high = tenth * 10**8, (tenth + 1) * 10**8
        want = bisect.bisect_left(planned, high) - bisect.bisect_left(planned, low)
        got = bisect.bisect_left(found, high) - bisect.bisect_left(found, low)
        case.expect(abs(got - want) <= max(1, want / 1000), f"tenth {tenth}: {got} starts, scheduled {want}")
    differ = [i for i, (a, b) in enumerate(zip(found, planned)) if a != b]
    case.expect(not differ, f"start {differ[:1]} is not where it was scheduled")
    case.expect_equal(len(found), len(planned), "starts")


def write_list(path):
    """Arrivals for a replay, RATE a second: by twos, and the second half at other distances."""
    count = RATE * TENTHS // 10
    times = [(n // 2 if n < count // 2 else n // 8 * 4) * TENTHS * 10**8 // (count // 2) for n in range(count)]
    path.write_text("intended_ns\n" + "".join(f"{min(ns, TENTHS * 10**8 - 1)}\n" for ns in times), encoding="ascii")
    return path


def follows(folder, shape, workers):
    keys, mean, text = SHAPES[shape]
    name = f"{shape}{workers}"
    db = folder / f"{name}.db"
    if "replay" in keys:
        keys = {**keys, "replay": write_list(folder / keys["replay"])}
    job = gen.job(folder, name, **{"wire": "pair", "rate": RATE, "shape": shape, "duration": DURATION,
                                   "connections": 200, "interval": "100ms", "warmup": "50ms",
                                   "workers": workers, **keys})
    gen.run(job, f"--db={db}", code=gen.WELL_OR_LATE)
    as_scheduled(starts(db), job, ())
    load, offered, planned = Results(db).query(
        "SELECT load, offered_rate_per_s, requested_ns FROM phase WHERE kind = 'measure'")[0]
    case.expect_equal(re.sub("hash=[0-9a-f]{16}", "hash=" + 16 * "e", load), text, "load")
    case.expect_equal(planned, TENTHS * 10**8, "requested")
    if mean:
        case.expect(abs(offered - mean) < 1e-6 * mean, f"{shape}: offered {offered}, expected {mean}")


def scaled(folder):
    db = folder / "scaled.db"
    job = gen.job(folder, "scaled", wire="pair", rate=RATE, shape="sine", duration=DURATION, connections=200)
    gen.run(job, f"--db={db}", "--rate-scale=1.5", code=gen.WELL_OR_LATE)
    as_scheduled(starts(db), job, ("--rate-scale=1.5",))
    workload, overrides = Results(db).query("SELECT workload_id, overrides FROM run")[0]
    case.expect_equal((workload, overrides), ("scaled+", "--rate-scale=1.5"), "an override like any other")


def drawn(folder, name):
    """Sizes of the requests, in the order of their starts, and bytes of all requests and replies."""
    db = folder / f"{name}.db"
    job = gen.job(folder, wire="pair", protocol="line", payload="256:90,1KiB-4KiB:9,8KiB:1", reply="256-1KiB",
                  rate=4000, duration="500ms", connections=20)
    gen.run(job, f"--db={db}", code=gen.WELL_OR_LATE)
    case.expect_equal(Results(db).query("SELECT payload, reply FROM phase WHERE kind = 'measure'"),
                      [("256:90,1KiB-4KiB:9,8KiB:1", "256-1024")], "as the job says it")
    sent, received = Results(db).query("SELECT sum(payload_sent_bytes), sum(payload_received_bytes) FROM interval")[0]
    rows = shell(db, "SELECT size_bytes FROM sample WHERE run = 1 AND result = 'ok' ORDER BY time_ns")
    return [int(row[0]) for row in rows], sent, received


def sizes(folder):
    requests, sent, received = drawn(folder, "sizes")
    count = len(requests)
    case.expect(count > 1900, f"{count} transactions")
    case.expect(set(requests) >= {256, 8192} and all(s in (256, 8192) or 1024 <= s <= 4096 for s in requests),
                "sizes of the list only")
    case.expect(0.87 < requests.count(256) / count < 0.93, f"{requests.count(256)} of {count} are of 256 bytes")
    case.expect_equal(sent, sum(requests), "bytes sent")
    case.expect(abs(received / count - 640) < 4 * 222 / count ** 0.5, f"replies of {received / count} bytes")
    again = drawn(folder, "again")[0]
    both = min(count, len(again))
    case.expect_equal(again[:both], requests[:both], "the same sizes again")


def test():
    case.need_programs("sqlite3")
    if b"__asan_" in EXTENSION.read_bytes():
        case.skip("the shell cannot load a sanitized extension")
    with case.scratch() as folder:
        for shape in SHAPES:
            follows(folder, shape, 1)
        for shape in ("poisson", "walk"):
            follows(folder, shape, 2)
        scaled(folder)
        sizes(folder)


if __name__ == "__main__":
    case.main(test)
