/* SPDX-License-Identifier: BSD-3-Clause */
/* From a plan to a finished comparison. The steps stand in files of their own. */
#ifndef ANALYZER_JUDGE_COMPARE_BUILD_H
#define ANALYZER_JUDGE_COMPARE_BUILD_H

#include "analyzer/judge/comparison.h"
#include "analyzer/judge/plan.h"

/* Everything but the place where it is stored. The plan must have its history.
 * comparison_fini in any case. Same figures, same answer, bit for bit. */
int comparison_build(struct db *db, const struct plan *plan, struct comparison *out, struct err *e);

/* comparable.c: whether the sides can be compared; fills obstacles and differences. */
int comparison_check(struct db *db, const struct plan *plan, struct comparison *c, struct err *e);

/* figures.c: the table's metrics and the controls behind them, as one array, so that one load reads
 * both; the figures of one side (or of the history), with their medians; and the metrics as they
 * are used here: the margins are those of the newest run judged, and what neither side measures (no
 * replies, so no latency) cannot keep the whole open. */
int comparison_lay_out(struct comparison *c, struct err *e);
int comparison_read_side(struct db *db, struct comparison *c, const struct id_list *ids,
                         struct comparison_side *side, struct err *e);
int comparison_set_metrics(struct comparison *c, struct err *e);

/* stretches.c: marks runs of a history between whose neighbours a deciding metric changed, one
 * number a stretch. Returns how many stretches, or -errno with a message. */
int comparison_stretches(const struct metric *metrics, size_t metric_count, const double *cells,
                         size_t runs, uint32_t *stretch, struct err *e);

/* latency.c: merged histograms of both sides, and the shift between them. */
int comparison_latency(struct db *db, const struct plan *plan, struct comparison *c, struct err *e);

/* conclusion.c: the metric that matters most, and the sentences. */
void comparison_conclude(struct comparison *c);

void comparison_note(struct comparison *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void comparison_obstacle(struct comparison *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
