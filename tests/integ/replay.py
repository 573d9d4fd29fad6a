# SPDX-License-Identifier: BSD-3-Clause
"""A run replayed from its own samples has its arrival times to 1 us; so has one from a file of
numbers, and one at twice the speed. What is no whole list of starts is refused before any traffic."""
import case
import gen
from results import Results
from shapes import EXTENSION, shell

COMMON = {"wire": "pair", "protocol": "echo", "connections": 300, "duration": "1s", "warmup": "50ms"}
BOUND_NS = 1000


def starts(db, run):
    """Intended starts of the measured phase, in ns from its start, in order."""
    began = Results(db).query("SELECT min(started_ns) FROM phase WHERE run_id = ? AND measured", run)[0][0]
    return [int(row[0]) - began for row in
            shell(db, f"SELECT time_ns FROM sample WHERE run = {run} AND measured ORDER BY 1")]


def expect_same(found, wanted, what):
    case.expect_equal(len(found), len(wanted), f"starts of {what}")
    worst = max(abs(a - b) for a, b in zip(found, wanted))
    case.expect(worst <= BOUND_NS, f"{what}: a start is {worst} ns from where it was")


def run(folder, name, *more, code=gen.WELL_OR_LATE, **keys):
    """Into one file: run 1 is the first of them."""
    job = gen.job(folder, name, **{**COMMON, "db": folder / "results.db", **keys})
    return gen.run(job, *more, code=code)


def replayed(folder):
    db = folder / "results.db"
    run(folder, "drawn", rate=5000, shape="poisson")
    first = starts(db, 1)
    case.expect(4500 < len(first) < 5500, f"{len(first)} starts of 5000/s in a second")
    run(folder, "again", rate=0, shape="replay", replay="run:1")
    expect_same(starts(db, 2), first, "a replay")
    run(folder, "two", rate=0, shape="replay", replay=f"{db}:1", workers=2)
    expect_same(starts(db, 3), first, "a replay by two workers")
    run(folder, "twice", rate=0, shape="replay", replay="run:2", rate_scale=2)
    expect_same(starts(db, 4), [ns // 2 for ns in first], "a replay at twice the speed")
    load, offered = Results(db).query("SELECT load, offered_rate_per_s FROM phase WHERE run_id = 2 AND measured")[0]
    case.expect(load.startswith(f"{len(first)} arrivals replay (hash="), load)
    case.expect_equal(offered, len(first), "offered a second")
    return first


def from_a_file(folder, first):
    """The list as seconds, last one first: in order again, with a note; the history follows what is in it."""
    db, path = folder / "results.db", folder / "list.csv"
    path.write_text("time_s\n" + "".join(f"{ns / 1e9:.9f}\n" for ns in reversed(first)), encoding="ascii")
    run(folder, "file", rate=0, shape="replay", replay=path)
    expect_same(starts(db, 5), first, "a replay of a file")
    note = Results(db).query("SELECT text FROM note WHERE run_id = 5 AND text LIKE 'phase %'")[0][0]
    case.expect(note.endswith("not in order there") and f"{8 * len(first)} bytes" in note, note)
    path.write_text("0.1\n0.2\n", encoding="ascii")
    run(folder, "file", rate=0, shape="replay", replay=path, code=None)
    keys = [row[0] for row in Results(db).query("SELECT history_key FROM run WHERE workload_id = 'file' ORDER BY id")]
    case.expect(len(keys) == 2 and keys[0] != keys[1], "another list under the same name is another history")


def refused(folder):
    db = folder / "results.db"
    for name, samples, reason in (("part", 0.5, "kept only 0.5 of its transactions"),
                                  ("none", "none", "holds no raw samples")):
        run(folder, name, rate=1000, duration="100ms", samples=samples)
        last = Results(db).run_id
        ended = run(folder, "again", rate=0, shape="replay", replay=f"run:{last}", code=2)
        case.expect(f"{db}: run {last} {reason}" in ended.err and "again.conf:" in ended.err, str(ended))
    ended = run(folder, "again", rate=0, shape="replay", replay="run:99", code=2)
    case.expect(f'replay = "run:99": {db}: no run 99' in ended.err, str(ended))
    ended = run(folder, "again", rate=500, shape="replay", replay="run:1", code=2)
    case.expect("expected no rate" in ended.err, str(ended))
    case.expect_equal(Results(db).run_id, last, "the last run: what is refused leaves no row")


def test():
    case.need_programs("sqlite3")
    if b"__asan_" in EXTENSION.read_bytes():
        case.skip("the shell cannot load a sanitized extension")
    with case.scratch() as folder:
        first = replayed(folder)
        from_a_file(folder, first)
        refused(folder)


if __name__ == "__main__":
    case.main(test)
