# SPDX-License-Identifier: BSD-3-Clause
"""With `coalesce` an end of the lab hands frames on at most once in that time: one connection that asks again
when it was answered has no more answers than that, whatever the machine can do. (Nor has it fewer where both
ends do: their timers go together.)"""
import case
import gen
from results import Results

COALESCE_MS, DURATION_MS = 5, 400


def test():
    with case.scratch() as folder:
        db = folder / "coalesce.db"
        gen.run(gen.job(folder, wire="lab", coalesce=f"{COALESCE_MS}ms", duration=f"{DURATION_MS}ms", db=db))
        found = Results(db)
        done = found.sum("completed")
        case.expect(0 < done <= DURATION_MS // COALESCE_MS + 2, f"{done} answers in {DURATION_MS} ms")
        case.expect_equal(found.sum("failed"), 0, "failed")


case.main(test)
