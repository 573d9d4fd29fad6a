# SPDX-License-Identifier: BSD-3-Clause
"""The closing line of ./check says what Meson's logs say."""
import json
import pathlib
import subprocess
import sys
import tempfile

SUMMARY = pathlib.Path(__file__).resolve().parents[1] / "lib" / "summary.py"
LOG = [("a", "OK", ""), ("b", "SKIP", "noise\nskipped: needs root\n"), ("c", "FAIL", "failed: x\n"),
       ("d", "TIMEOUT", ""), ("e", "EXPECTEDFAIL", "")]


def summary(*arguments):
    done = subprocess.run([sys.executable, SUMMARY, *arguments], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout.strip().splitlines()


def log_file(folder, rows):
    path = pathlib.Path(folder, f"{len(rows)}.json")
    path.write_text("".join(json.dumps({"name": n, "result": r, "stdout": o}) + "\n"
                            for n, r, o in rows), encoding="utf-8")
    return f"stage={path}"


def expect(got, want):
    if got != want:
        sys.exit(f"found {got!r}, expected {want!r}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        code, lines = summary(log_file(folder, LOG), "asan=")
        expect((code, lines[-1]), (1, "2 passed, 3 failed, 1 skipped"))
        expect(lines[0], "skipped  stage: b: needs root")
        expect("failed   asan (fail): does not build" in lines, True)
        expect(summary(log_file(folder, LOG[:2])),
               (0, ["skipped  stage: b: needs root", "1 passed, 0 failed, 1 skipped"]))
        expect(summary()[0], 1)


main()
