/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of the text output. */
#ifndef ANALYZER_OUT_TEXT_H
#define ANALYZER_OUT_TEXT_H

#include <stdio.h>

struct summary;

/* The table of the five times, and what its marks mean. */
void text_times_write(FILE *out, const struct summary *s);

/* What a suite found, and its trials; nothing for other runs. */
void text_search_write(FILE *out, const struct summary *s);

#endif
