/* SPDX-License-Identifier: BSD-3-Clause */
/* How a trend and a calibration are told. 0, or -EIO: the stream took no more. */
#ifndef ANALYZER_OUT_TREND_H
#define ANALYZER_OUT_TREND_H

#include <jansson.h>
#include <stdio.h>

struct calibrate_report;
struct trend_report;

int trend_text_write(FILE *out, const struct trend_report *r);
int trend_markdown_write(FILE *out, const struct trend_report *r);
/* docs/trend.schema.json; the second on one line. */
int trend_json_write(FILE *out, const struct trend_report *r);
int trend_json_write_line(FILE *out, const struct trend_report *r);
/* What is stored and must be repeated by a replay: what depends on the runs alone. No ids: they
 * change when files are merged. NULL: out of memory; the caller owns it. */
json_t *trend_json_result(const struct trend_report *r);

int calibrate_text_write(FILE *out, const struct calibrate_report *c);
int calibrate_json_write(FILE *out, const struct calibrate_report *c);
int calibrate_json_write_line(FILE *out, const struct calibrate_report *c);

#endif
