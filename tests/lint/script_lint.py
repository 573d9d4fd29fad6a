# SPDX-License-Identifier: BSD-3-Clause
"""shellcheck over every shell script, found by suffix or first line; Python files compile."""
import ast
import shutil
import subprocess
import sys

import tree


def is_shell(path):
    if path.suffix == ".sh":
        return True
    if path.suffix:
        return False
    first = (tree.read(path) or "").split("\n", 1)[0]
    return first.startswith("#!") and first.endswith(("bash", "/sh", "env sh"))


def main():
    for path in tree.files(".py"):
        ast.parse(tree.read(path), str(path))
    if not shutil.which("shellcheck"):
        print("skipped: shellcheck is not installed")
        return 77
    scripts = [str(path) for path in tree.files() if is_shell(path)]
    return subprocess.run(["shellcheck", "-x", *scripts], cwd=tree.ROOT, check=False).returncode


sys.exit(main())
