# SPDX-License-Identifier: BSD-3-Clause
"""Reads `meson introspect --tests`; prints the names that match the pattern whole."""
import json
import re
import sys

for test in json.load(sys.stdin):
    if re.fullmatch(sys.argv[1], test["name"]):
        print(test["name"])
