/* SPDX-License-Identifier: BSD-3-Clause */
/* How a trend and a calibration are told. -EIO: the stream took no more; -ENOMEM. */
#ifndef ANALYZER_OUT_TREND_H
#define ANALYZER_OUT_TREND_H

#include <jansson.h>
#include <stdio.h>

struct calibrate_report;
struct trend_report;

int trend_text_write(FILE *out, const struct trend_report *r);
int trend_markdown_write(FILE *out, const struct trend_report *r);
/* docs/trend.schema.json is the contract. */
int trend_json_write(FILE *out, const struct trend_report *r);
/* The same without what depends on where it is stored: what a replay must give again. NULL: out of
 * memory. */
json_t *trend_json(const struct trend_report *r);

int calibrate_text_write(FILE *out, const struct calibrate_report *r);
int calibrate_json_write(FILE *out, const struct calibrate_report *r);

#endif
