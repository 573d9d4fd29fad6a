/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many metrics at once: adjusted p-values. Forty metrics tested at 5 % each raise two false alarms
 * a comparison; these keep the chance of even one (Holm, Westfall and Young) or the share of false
 * ones among the alarms (Benjamini and Hochberg) at the level. Pure.
 */
#ifndef ANALYZER_STATS_CORRECTION_H
#define ANALYZER_STATS_CORRECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Holm 1979, step-down: valid under any dependence. A NAN (no p) stays NAN and does not count as a
 * test. 0 or -ENOMEM. */
int correction_holm(const double *p, size_t count, double *adjusted);
/* Benjamini and Hochberg 1995, step-up: false discovery rate, for exploring. */
int correction_bh(const double *p, size_t count, double *adjusted);

#define MAXT_EXACT_MAX 200000 /* labellings that are all tried; 10 against 10 has 184,756 */
#define MAXT_DRAWS     100000 /* labellings drawn beyond */

/* Runs of both sides, A's first: value of metric j in run i is values[i * metrics + j]; NAN where a
 * run has none. */
struct maxt_input {
    const double *values;
    size_t a_runs, b_runs, metrics;
    uint64_t seed;
    uint32_t draws; /* 0: MAXT_DRAWS */
};

struct maxt {
    bool exact;        /* every labelling tried */
    double labellings; /* how many were */
    double p_min;      /* the smallest adjusted p that these many runs can reach */
};

/* Westfall and Young 1993, algorithm 4.1 (step-down max-T, as Ge, Dudoit and Speed 2003): the run
 * labels are permuted jointly over all metrics, which keeps their correlation. The statistic is the
 * share of a metric's squares that the labels explain, which orders labellings as |t| does and is
 * bounded. adjusted[j] is NAN for a metric that never varies, that a side lacks
 * or that more than a quarter of the runs lack. The smallest
 * adjusted p is the gate's. 0; -ERANGE: a side without runs; -ENOMEM. */
int correction_maxt(const struct maxt_input *in, double *adjusted, struct maxt *out);

/* Differences of pairs, on the scale of each metric: of metric j in pair i
 * differences[i * metrics + j]; NAN where a side has none. */
struct signs_input {
    const double *differences;
    size_t pairs, metrics;
    uint64_t seed;
    uint32_t draws; /* 0: MAXT_DRAWS */
};

/* The same for pairs: under no difference a pair may as well be the other way round, so that its
 * sign is flipped jointly over all metrics (Westfall and Young 1993, 6; Fisher 1935, 21 for one).
 * Exact up to MAXT_EXACT_MAX flips (17 pairs). adjusted[j] is NAN for a metric that never differs,
 * or that more than a quarter of the pairs lack. 0 or -ENOMEM. */
int correction_signs(const struct signs_input *in, double *adjusted, struct maxt *out);

#endif
