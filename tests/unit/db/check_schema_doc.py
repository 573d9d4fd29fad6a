#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""check_schema_doc.py MAKE_RESULTS SCHEMA.md: runs each ```sql block of the document with the
stock sqlite3 shell against a file that the recorder wrote; each must give at least one row. Every
table, view and column of the file must be named in the document."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

QUERIES_AT_LEAST = 16


def sqlite(path, sql):
    return subprocess.run(["sqlite3", "-readonly", "-bail", "-header", path, sql],
                          capture_output=True, text=True)


def check_queries(path, text):
    queries = re.findall(r"```sql\n(.*?)```", text, re.S)
    failures = [] if len(queries) >= QUERIES_AT_LEAST else [f"only {len(queries)} queries"]
    for query in queries:
        done = sqlite(path, query)
        if done.returncode or len(done.stdout.splitlines()) < 2:
            failures.append(f"{query}  -> rc {done.returncode}: {done.stdout}{done.stderr}")
    return failures


def check_names(path, text):
    columns = sqlite(path, "SELECT m.type AS t, m.name AS n, c.name AS c FROM sqlite_master m, "
                           "pragma_table_info(m.name) c WHERE m.type IN ('table', 'view') "
                           "AND m.name NOT LIKE 'sqlite%'").stdout.splitlines()[1:]
    named = set(re.findall(r"[a-z_0-9]+", text))
    failures = []
    for kind, table, column in (line.split("|") for line in columns):
        wanted = [table] + ([column] if kind == "table" else [])
        failures += [f"{table}.{column}: not in the document" for w in wanted if w not in named]
    return failures


def main(make_results, document):
    if not shutil.which("sqlite3"):
        print("skipped: no sqlite3 shell")
        return 77
    text = open(document, encoding="utf-8").read()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "results.db")
        subprocess.run([make_results, path], check=True)
        failures = check_queries(path, text) + check_names(path, text)
    print("\n".join(failures))
    return 1 if failures else 0


sys.exit(main(*sys.argv[1:]))
