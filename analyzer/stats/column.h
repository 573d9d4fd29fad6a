/* SPDX-License-Identifier: BSD-3-Clause */
/* One metric of a comparison: its values on its scale, and the tests on it alone. */
#ifndef ANALYZER_STATS_COLUMN_H
#define ANALYZER_STATS_COLUMN_H

#include "analyzer/stats/compare.h"
#include "analyzer/stats/rates.h"

/* x: values on the metric's scale that there are; counts are rates in x and events in `rate`. */
struct column_side {
    double *x;
    struct rate *rate;
    size_t n;
    double error; /* inside the first run; 0: unknown */
};

struct column {
    const struct metric *metric;
    struct column_side a, b;
    double *pairs; /* b - a of the runs that have both; paired comparisons only */
    size_t pair_count;
    struct prior prior;
    struct rate_spread spread; /* of counts in the history */
    double vouched;            /* runs of history less its stretches: what it knows of the spread */
    double *apart; /* |difference| of any two runs of a stretch, rising; one against one only */
    size_t apart_count;
    bool no_logarithm; /* a value on SCALE_LOG is not above 0 */
};

/* Takes metric j out of the input. 0 or -ENOMEM; column_fini in any case. */
int column_init(struct column *c, const struct compare_input *in, size_t j);
void column_fini(struct column *c);
/* A value on the scale of the metric; NAN: missing, or no logarithm. */
double column_scaled(const struct metric *m, double value, double exposure);

/* The share of pairs of earlier runs at least so far apart; 0 without any. */
double column_share(const struct column *c, double far);
/* How far apart that share of the pairs of earlier runs is at most; 0 without any. */
double column_apart(const struct column *c, double share);

/* Fills everything of a result that needs no other metric. 0 or -ENOMEM. */
int column_test(const struct column *c, const struct compare_input *in, enum compare_method method,
                struct compare_result *out);

#endif
