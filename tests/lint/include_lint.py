# SPDX-License-Identifier: BSD-3-Clause
"""Who may include whom: every #include "folder/file.h" is root-relative and allowed by the table."""
import re
import sys

import tree

GEN = {"wire", "net", "tcp", "stack", "flight", "script", "app", "load", "job", "suite", "rec", "live"}
ALLOWED = {
    "base": set(),
    "wire": {"base"},
    "net": {"base"},
    "load": {"base"},
    "app": {"base"},
    "job": {"base"},
    "suite": {"base", "job"},
    "tcp": {"base", "net"},
    "stack": {"base", "wire", "net", "tcp"},
    "flight": {"base", "wire", "net", "tcp", "stack"},
    "script": {"base", "wire", "net", "tcp", "stack"},
    "db": {"base"},
    "rec": {"base", "db"},
    "live": {"base", "db", "rec"},
    "analyzer": {"base", "db"},
    "run": GEN | {"base", "db"},
    "main": {"base", "run", "job"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def module_of(path):
    """The folder that a file belongs to; None where the table does not reach (tests)."""
    parts = path.parts
    if parts == ("gen", "main.c"):
        return "main"
    if parts[0] == "gen":
        return parts[1]
    return parts[0] if parts[0] in ALLOWED else None


def complaints(path, text, headers):
    """`headers`: names of the tree's own headers; any other bare name is made by the build."""
    module = module_of(path)
    if module is None:
        return
    if module not in ALLOWED:
        yield f"{path}: folder {module} is not in the table of {__file__}"
        return
    for match in INCLUDE.finditer(text):
        name = match.group(1)
        line = text.count("\n", 0, match.start(1)) + 1
        folder = name.split("/")[0]
        if name in headers:
            yield f'{path}:{line}: "{name}" is not root-relative: expected "folder/{name}"'
        elif "/" in name and folder != module and folder not in ALLOWED[module]:
            allowed = ", ".join(sorted(ALLOWED[module])) or "nothing else"
            yield f'{path}:{line}: {module} must not include {folder} ("{name}"); it may include {allowed}'


def main():
    headers = {path.name for path in tree.files(".h")}
    found = [c for path in tree.files(".c", ".h")
             for c in complaints(path, tree.read(path), headers)]
    return tree.report(found)


if __name__ == "__main__":
    sys.exit(main())
