/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compares two sets of runs, metric by metric, and decides whether the whole is a regression.
 *
 * The run is the unit. Which test is used depends only on how many runs there are:
 *   6 interleaved pairs, more   signed rank on the pairs, one joint flip of their signs (max-T)
 *   fewer pairs                 signed rank, Holm
 *   5 against 5 and more        one joint permutation of the run labels (max-T)
 *   fewer                       moderated t with the history's variance, Holm; counts that may be 0
 *                               by the exact conditional test
 * The exact Mann-Whitney p and Cliff's delta stand beside it wherever both sides have a run.
 * Pure: everything is handed in; scratch memory is freed. Same input and seed, same result.
 */
#ifndef ANALYZER_STATS_COMPARE_H
#define ANALYZER_STATS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/stats/moderated.h"
#include "analyzer/stats/verdict.h"

#define COMPARE_JOINT_RUNS  5 /* runs a side from which labels are permuted jointly */
#define COMPARE_JOINT_PAIRS 6 /* pairs from which signs are: fewer cannot reach 5 % */

/* One side: value of metric j in run i at values[i * metric_count + j], NAN where it is missing. */
struct compare_runs {
    const double *values;
    size_t runs;
    const double *exposure; /* a run: what its counts are over (s, transactions); NULL: 1 each */
    const double *error;    /* as values: standard error inside a run, on the metric's scale;
                               NULL or NAN: unknown */
};

/* Earlier runs under the same history key. Runs of equal `stretch`, one after another, belong to
 * one stretch without a change; NULL: all of them. */
struct compare_history {
    const double *values;
    const uint32_t *stretch;
    size_t runs;
    const double *exposure; /* as that of a side; NULL: 1 each */
};

struct compare_input {
    const struct metric *metrics;
    size_t metric_count;
    struct compare_runs a, b; /* b is judged against a */
    struct compare_history history;
    bool paired;         /* run i of a and run i of b were interleaved as a pair */
    double alpha, power; /* 0: 0.05, 0.80 */
    uint64_t seed;
    uint32_t draws; /* where not everything can be counted; 0: 100,000 */
};

enum compare_method {
    COMPARE_NONE,      /* no test was possible: see reason */
    COMPARE_MODERATED, /* moderated t */
    COMPARE_JOINT,     /* Mann-Whitney, adjusted by max-T */
    COMPARE_PAIRED,    /* signed rank */
    COMPARE_COUNTS,    /* conditional binomial */
};
const char *compare_method_name(enum compare_method method);

/* Shifts and intervals are on the metric's scale: exp() of them is a ratio unless SCALE_PLAIN. A
 * figure that there is not is NAN. */
struct compare_result {
    enum compare_method method;
    size_t a_runs, b_runs;    /* with a value */
    double p, p_adjusted;     /* two-sided; adjusted over the metrics: what the verdict uses */
    double p_explore;         /* Benjamini and Hochberg */
    double p_exact, p_min;    /* the rank test, and the smallest p that it could reach here */
    struct evidence evidence; /* shift with intervals */
    double ratio;             /* of b to a; NAN on SCALE_PLAIN */
    double cliff;
    double sd;          /* between runs, on the scale; what runs_needed rests on */
    struct prior prior; /* what the history gave */
    double runs_needed; /* a side (pairs when paired), when inconclusive */
    enum change change;
    bool strong;
    const char *reason; /* why there is no test, or no decision; "" */
};

struct compare_gate {
    enum change
        change;   /* regression: any metric; inconclusive: one that decides; else better or same */
    double p;     /* smallest adjusted p; NAN: no test */
    double p_min; /* smallest that these many runs can reach; NAN: no bound */
    bool joint;   /* p is Westfall and Young's, else Holm's */
    bool exact;   /* no labelling was left out */
    size_t counts[CHANGES];
};

/* results: metric_count of them. 0; -EINVAL: a side without runs, or pairs of unequal number;
 * -ENOMEM. */
int compare_runs(const struct compare_input *in, struct compare_result *results,
                 struct compare_gate *gate);

#endif
