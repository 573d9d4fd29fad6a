# SPDX-License-Identifier: BSD-3-Clause
"""Sums up Meson's test logs.

Arguments are STAGE=FILE, a log of one JSON object a line, or STAGE= for a stage that did not
build. Prints what was skipped, with the reason that the test printed, then what failed, then the
one closing line. Exit 1 when anything failed, or when no test ran at all.
"""
import json
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}


def outcomes(stage, path):
    """(name, result, output) of each test of a stage."""
    if not path:
        return [(stage, "FAIL", "does not build")]
    with open(path, encoding="utf-8") as log:
        tests = [json.loads(line) for line in log if line.strip()]
    return [(f"{stage}: {t['name'].rpartition(' / ')[2]}", t["result"], t.get("stdout", "") + t.get("stderr", ""))
            for t in tests]


def reason(output):
    """What a test gave as its reason, else the last line that it printed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    given = [line.partition(": ")[2] for line in lines if line.startswith(("skipped: ", "failed: "))]
    return (given or lines or ["no reason printed"])[-1]


def main(arguments):
    stages = [argument.partition("=") for argument in arguments if argument]
    tests = [test for name, _, path in stages for test in outcomes(name, path)]
    passed = [t for t in tests if t[1] in PASSED]
    skipped = [t for t in tests if t[1] in SKIPPED]
    failed = [t for t in tests if t[1] not in PASSED | SKIPPED]
    print()
    for name, _, output in skipped:
        print(f"skipped  {name}: {reason(output)}")
    for name, result, output in failed:
        print(f"failed   {name} ({result.lower()}): {reason(output)}")
    if not tests:
        print("no test ran")
    print(f"{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped", flush=True)
    return 1 if failed or not tests else 0


sys.exit(main(sys.argv[1:]))
