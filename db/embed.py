#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""embed.py OUT VIEWS.sql 0001.sql ... : the schema's SQL as C strings, whole-line comments left out."""
import sys


def literal(path):
    lines = [line.rstrip() for line in open(path, encoding="utf-8")]
    kept = [line for line in lines if line and not line.startswith("--")]
    quoted = [line.replace("\\", "\\\\").replace('"', '\\"') for line in kept]
    return "\n".join(f'    "{line}\\n"' for line in quoted)


out, views, *migrations = sys.argv[1:]
with open(out, "w", encoding="utf-8") as f:
    f.write('#include "db/schema.h"\n\n')
    f.write(f"const char db_views_sql[] =\n{literal(views)};\n\n")
    f.write("const char *const db_migrations[] = {\n")
    f.write(",\n\n".join(literal(m) for m in sorted(migrations)))
    f.write(",\n};\nconst int db_migration_count = sizeof db_migrations / sizeof *db_migrations;\n")
