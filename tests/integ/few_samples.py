# SPDX-License-Identifier: BSD-3-Clause
"""Percentile rules on fewer samples than the percentile needs: the binomial bound decides, and says
so; where it cannot, the rule is not measured and the run inconclusive."""
import case
import gen
from results import Results

COUNT = 120  # a p95 needs 200
SUPPORTED, REFUTED, OPEN = "latency_p95<9s", "latency_p95<1ns", "latency_p99<9s"


def judged(folder, name, sla, code):
    db = folder / f"{name}.db"
    job = gen.job(folder, name, wire="pair", connections=4, transactions=COUNT, duration="5s", sla=sla, db=db)
    gen.run(job, code=code)
    found = Results(db).check_all_completed(COUNT)
    rows = found.query("SELECT rule, state, reason, actual, samples FROM verdict ORDER BY id")
    case.expect_equal([row[3:] for row in rows], [(None, COUNT)] * len(rows), "percentile and samples")
    return {rule: (state, reason) for rule, state, reason, _, _ in rows}, db


def expect_ruling(found, rule, state, *words):
    case.expect_equal(found[rule][0], state, f"{rule}: {found[rule][1]}")
    for word in words:
        case.expect(word in found[rule][1], f"{rule}: {found[rule][1]}")


def test():
    with case.scratch() as folder:
        found, db = judged(folder, "pass", SUPPORTED, 0)
        expect_ruling(found, SUPPORTED, "PASS", f"0 of {COUNT} at or beyond", "supports the rule")
        text = gen.analyze("--db", db)
        case.expect(f"{SUPPORTED}: not given, few samples: 0 of {COUNT}" in text, text)
        found, _ = judged(folder, "fail", f"{REFUTED}, {SUPPORTED}, {OPEN}", 1)
        expect_ruling(found, REFUTED, "FAIL", f"{COUNT} of {COUNT} at or beyond", "refutes the rule")
        expect_ruling(found, SUPPORTED, "PASS")
        found, _ = judged(folder, "open", OPEN, 5)
        expect_ruling(found, OPEN, "NOT_MEASURED", "decides nothing", "299 with none there would")


case.main(test)
