# SPDX-License-Identifier: BSD-3-Clause
"""What every file keeps: a licence line, no trailing blanks, a last newline, nobody's paths.

Long files are named, never refused.
"""
import re
import sys

import tree

SOURCES = {".c", ".h", ".py", ".sh"}
LICENCE = "SPDX-License-Identifier: BSD-3-Clause"
LONG_LINES = 300
# Paths of one person's machine, and notes to self that belong in an issue.
PRIVATE = re.compile(r"/(?:home|root|work|Users)/\w+|\b(?:TODO|FIXME|XXX)\b")
VENDORED = ("tests/fuzz/corpus/", "LICENSE")


def blanks(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"{path}:{number}: trailing blank"
    if text and not text.endswith("\n"):
        yield f"{path}: no newline at the end"


def licence(path, text):
    if path.suffix in SOURCES and LICENCE not in "\n".join(text.split("\n")[:3]):
        yield f"{path}: no '{LICENCE}' in the first three lines"


def private(path, text):
    if path.name == "text_lint.py":
        return
    for number, line in enumerate(text.split("\n"), 1):
        for match in PRIVATE.finditer(line):
            yield f"{path}:{number}: '{match.group()}' does not belong in the tree"


def main():
    found = []
    for path in tree.files():
        text = tree.read(path)
        if text is None or str(path).startswith(VENDORED):
            continue
        found += [*blanks(path, text), *licence(path, text), *private(path, text)]
        if path.suffix in SOURCES and text.count("\n") > LONG_LINES:
            print(f"{path}: {text.count(chr(10))} lines, worth a split (aim: about 200)")
    return tree.report(found)


sys.exit(main())
