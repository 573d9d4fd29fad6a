/* SPDX-License-Identifier: BSD-3-Clause */
/* Figures of a comparison as words, the same in every output. */
#ifndef ANALYZER_JUDGE_WORDS_H
#define ANALYZER_JUDGE_WORDS_H

#include "analyzer/judge/comparison.h"

#define WORDS_BYTES 120

/* "1.150", on SCALE_PLAIN "+0.12"; "inf" when only side B has any, "-" when there is no shift. */
char *words_ratio(char buf[WORDS_BYTES], const struct metric *m, double shift);
/* "1.102 to 1.201", or "-". */
char *words_interval(char buf[WORDS_BYTES], const struct metric *m, const struct evidence *e);
/* "5 %", on SCALE_PLAIN in the unit of the metric. */
char *words_margin(char buf[WORDS_BYTES], const struct metric *m);
/* A p-value: "0.0021", "< 0.0001", or "-". */
char *words_p(char buf[WORDS_BYTES], double p);
/* "14 runs a side (9 min 20 s each side)", "14 pairs (18 min 40 s)"; "" when it is not known. */
char *words_needed(char buf[WORDS_BYTES], const struct comparison *c,
                   const struct compare_result *r);
/* The pairs from which on any p could reach the level. */
double words_pairs_floor(const struct comparison *c);
/* "8 min 20 s". */
char *words_time(char buf[WORDS_BYTES], double seconds);
/* "5 against 3 runs" or "8 pairs". */
char *words_runs(char buf[WORDS_BYTES], const struct comparison *c);

/* |shift| in margins, INFINITY for an unbounded one; 0 when there is none. What is judged the
 * heaviest comes first in tables. */
double words_weight(const struct comparison *c, size_t metric);
/* Indexes of the metrics in the order of tables: regressions, improvements, what decides, the
 * rest; in each what decides first, then the heaviest. `order` has room for all. */
void words_order(const struct comparison *c, size_t *order);
/* Whether a metric belongs into the short table: it moved, or it decides. */
bool words_is_shown(const struct comparison *c, size_t metric);

#endif
