/* SPDX-License-Identifier: BSD-3-Clause */
/* How the parts of a run are told. 0, or -EIO: the stream took no more. */
#ifndef ANALYZER_OUT_BY_H
#define ANALYZER_OUT_BY_H

#include <stdio.h>

struct by_table;

int by_text_write(FILE *out, const struct by_table *t);
/* docs/by.schema.json; the second on one line. */
int by_json_write(FILE *out, const struct by_table *t);
int by_json_write_line(FILE *out, const struct by_table *t);

#endif
