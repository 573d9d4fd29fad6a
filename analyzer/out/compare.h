/* SPDX-License-Identifier: BSD-3-Clause */
/* A finished comparison in each format; which option it belongs to stands in writers.c. All return
 * 0, or -EIO: the stream took no more. */
#ifndef ANALYZER_OUT_COMPARE_H
#define ANALYZER_OUT_COMPARE_H

#include <jansson.h>
#include <stdio.h>

struct comparison;

/* Verdict first, then a table of at most LINE_COLUMNS columns, then one sentence. */
int compare_text_write(FILE *out, const struct comparison *c);
/* docs/compare.schema.json; the second on one line. */
int compare_json_write(FILE *out, const struct comparison *c);
int compare_json_write_line(FILE *out, const struct comparison *c);
/* Fit for a comment of a pull request. */
int compare_markdown_write(FILE *out, const struct comparison *c);

/* What is stored and must be repeated by a replay: verdict, gate, every metric, controls, shift.
 * No ids: they change when files are merged. NULL without memory. The caller owns it. */
json_t *compare_json_result(const struct comparison *c);
/* As the text that is stored: keys in order, 17 digits. NULL without memory. The caller frees. */
char *compare_json_text(const json_t *value);

#endif
