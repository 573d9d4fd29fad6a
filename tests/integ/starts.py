# SPDX-License-Identifier: BSD-3-Clause
"""At half of capacity (of the peak, for a burst) as many transactions start in each interval as the
seeded schedule has between its two ends, to within one or 0.1 %: counted as they start, late or not.

By hand, on a quiet machine (`soak BUILD_DIR starts`): a capacity is measured first. What the machine
took from the worker moves starts into the next interval; such a round is tried again.
"""
import array
import bisect
import subprocess

import case
import gen
from results import Results
from shapes import INTENDED

SECONDS, TRIES = 2, 5
ECHO = {"wire": "pair", "protocol": "echo", "payload": 64, "connections": 256, "samples": "none"}
# Keys of each shape, and its peak as a factor of the rate.
SHAPES = {"constant": ({}, 1), "poisson": ({}, 1),
          "burst": ({"burst_factor": 4, "burst_high": "1s", "burst_low": "1s"}, 4),
          "ramp": ({"ramp_from": 0.2}, 1), "sine": ({"sine_period": "3s", "sine_depth": 0.5}, 1.5),
          "walk": ({"walk_high": 1.25}, 1.25), "replay": (None, 1)}


def capacity(folder):
    db = folder / "capacity.db"
    gen.run(gen.job(folder, "capacity", **ECHO, duration="2s", warmup="500ms", db=db))
    return Results(db).query("SELECT transactions_per_s FROM run_summary")[0][0]


def keys_of(folder, shape, most_per_s):
    keys, peak = SHAPES[shape]
    rate = int(most_per_s / 2 / peak)
    if keys is not None:
        return {"rate": rate, **keys}
    path = folder / "list.csv"  # the arrivals of another poisson
    drawn = gen.job(folder, "drawn", **ECHO, duration=f"{SECONDS}s", rate=rate, shape="poisson", **{"seed": 2})
    path.write_text("intended_ns\n", encoding="ascii")
    planned_into(path, drawn)
    return {"rate": 0, "replay": path}


def planned_into(path, job):
    """The schedule of a job, appended to a file: some millions of lines."""
    with path.open("a", encoding="ascii") as out:
        subprocess.run([str(INTENDED), str(job)], stdout=out, check=True)


def intervals(found):
    """(begin, end, started) of each whole interval of the measured phase, in ns from its start."""
    return found.query("SELECT i.started_ns - p.started_ns, i.ended_ns - p.started_ns, i.started FROM interval i "
                       "JOIN phase p ON p.id = i.phase_id WHERE p.kind = 'measure' ORDER BY 1")


def worst(folder, name, job):
    list_of = folder / f"{name}.planned"
    planned_into(list_of, job)
    with list_of.open(encoding="ascii") as lines:
        planned = array.array("Q", map(int, lines))
    list_of.unlink()
    gen.run(job, code=None, seconds=120)
    rows, worst_by = intervals(Results(folder / f"{name}.db")), 0
    if len(rows) < SECONDS * 4:  # of the five a second: the machine took a loop for too long
        return float("inf"), len(planned)
    for begin, end, started in rows:
        want = bisect.bisect_left(planned, end) - bisect.bisect_left(planned, max(begin, 0))
        allowed = max(1, want / 1000)
        worst_by = max(worst_by, abs(started - want) / allowed)
    return worst_by, len(planned)


def follows(folder, shape, most_per_s):
    keys = keys_of(folder, shape, most_per_s)
    for attempt in range(TRIES):
        name = f"{shape}{attempt}"
        job = gen.job(folder, name, **{**ECHO, "shape": shape, "duration": f"{SECONDS}s", "interval": "200ms",
                                       "warmup": "200ms", "db": folder / f"{name}.db", **keys})
        off, planned = worst(folder, name, job)
        print(f"{name}: {planned} starts in {SECONDS} s; an interval is off by {off:.2f} of what is allowed", flush=True)
        if off <= 1:
            return
    case.expect(False, f"{shape}: no round of {TRIES} kept its schedule")


def test():
    with case.scratch() as folder:
        most_per_s = capacity(folder)
        print(f"capacity: {most_per_s:.0f} transactions/s", flush=True)
        for shape in SHAPES:
            follows(folder, shape, most_per_s)


case.main(test)
