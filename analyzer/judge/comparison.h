/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A finished comparison: runs of two sides, what was found of every metric, and one conclusion.
 * Text, JSON, Markdown and charts read this and nothing else.
 *
 * Side A is the baseline, side B is judged against it. When the sides cannot be compared
 * (`comparable` false: see `obstacles`) and it was not forced, there are runs, differences and
 * obstacles only: no results, no histograms.
 */
#ifndef ANALYZER_JUDGE_COMPARISON_H
#define ANALYZER_JUDGE_COMPARISON_H

#include "analyzer/judge/store.h"
#include "analyzer/judge/values.h"
#include "analyzer/stats/compare.h"
#include "analyzer/stats/effect.h"

#define COMPARISON_INTERLEAVED                                                                     \
    "interleaved" /* the reserved name: side B of a set against side A                             \
                   */
#define COMPARISON_NONE SIZE_MAX

struct comparison_side {
    struct values values; /* metrics: those of the comparison, then the negative controls */
    double *figures;      /* metric j of run i: figures[i * metric_count + j] */
    double *controls;     /* the same of the controls */
    double *typical;      /* a metric: median of the runs, NAN when none has it */
    double *typical_controls;
    struct hist_sum
        *latency; /* of all its runs, merged; count 0: none stored; NULL: not compared */
};

struct comparison_difference {
    const char *name, *class, *a, *b; /* class: "must", "warn"; a, b: "-" where there is none */
};

struct comparison {
    const char *name; /* of the baseline */
    bool paired;      /* interleaved: run i of A and run i of B are a pair */
    bool comparable;  /* nothing stands against it */
    bool forced;      /* compared all the same */
    bool compared;    /* comparable or forced: results, gate, shift are there */
    struct comparison_side a, b;

    struct metric *metrics; /* with the margins that were used */
    size_t metric_count;
    struct compare_result *results; /* metric_count of them */
    struct compare_gate gate;
    double alpha;

    const struct metric *control_metrics;
    size_t control_count;
    struct compare_result *controls;
    const char *machine_moved; /* the sentence when the negative controls moved, too; else NULL */

    size_t history_runs, history_stretches; /* what the variance was taken from */

    struct comparison_difference *differences; /* of the environments */
    size_t difference_count;
    const char **obstacles, **notes; /* sentences: why not comparable; what else is to be known */
    size_t obstacle_count, note_count;

    /* Every part of the latency's distribution, ns, from the merged histograms: each transaction
     * counts once, so that a run with more of them weighs more. */
    struct shift_point shift[EFFECT_SHIFTS];

    size_t worst;           /* the metric that the conclusion names; COMPARISON_NONE: none */
    const char *conclusion; /* one sentence */
    double run_s;           /* how long the longest run of side B took; NAN: not known */

    struct analysis_info stored; /* id 0: see not_stored */
    const char *not_stored;      /* why it is not, NULL: it is */
    struct keep keep;            /* everything that points here lives in it or in the lists above */
};

/* "regression", "improvement", "same", "inconclusive" or "incomparable". */
const char *comparison_verdict(const struct comparison *c);
void comparison_fini(struct comparison *c);

#endif
