# SPDX-License-Identifier: BSD-3-Clause
"""The files that lints look at: what git tracks, or would, below the checkout."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def _listed():
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        print("skipped: not a git checkout, so there is no list of the project's files")
        sys.exit(77)
    return [pathlib.Path(name) for name in done.stdout.decode().split("\0") if name]


def files(*suffixes):
    """Paths relative to the checkout, with one of the suffixes; all without suffixes."""
    return [path for path in sorted(_listed())
            if (ROOT / path).is_file() and (not suffixes or path.suffix in suffixes)]


def read(path):
    """The text of a file; None for what is not text (images, captures, corpora)."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def report(found):
    for complaint in found:
        print(complaint)
    print(f"{len(found)} complaints" if found else "clean")
    return 1 if found else 0
