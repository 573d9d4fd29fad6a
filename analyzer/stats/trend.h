/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Change points in the history of one metric: where it moved, by how much, how sure that is, and
 * whether it still drifts. Values come in order of the runs, missing ones left out, on the scale
 * on which the margin is meant: ln(metric) for ratios (margin ln 1.03), the plain figure for
 * counts. Pure: the same values give the same answer, bit for bit.
 *
 * Binary segmentation with the energy statistic (trend_energy.h), each point tested again between
 * its neighbours; long histories in windows of 400 that overlap by half or begin at the last point
 * found; then only points whose shift reaches the margin stay.
 */
#ifndef ANALYZER_STATS_TREND_H
#define ANALYZER_STATS_TREND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/trend_drift.h"
#include "analyzer/stats/trend_place.h"

struct trend_params {
    double alpha;   /* of each test, p < alpha tells; 0.001 for a test after every run */
    unsigned draws; /* permutations at most; 1999. (draws + 1) * alpha > 1 or nothing is found */
    double margin;  /* smallest shift worth telling, in units of the values; >= 0 */
};

/* X(ID, name in JSON, sentence for people) */
#define TREND_STATE_LIST(X)                                                                        \
    X(SEGMENTED, segmented, "divided at its change points")                                        \
    X(TOO_SHORT, too_short, "too short: at least 6 runs are needed")                               \
    X(CONSTANT, constant, "all runs gave the same figure")                                         \
    X(TRENDING, trending, "not segmented: it moves steadily, not in steps")                        \
    X(SEASONAL, seasonal, "not segmented: it repeats with a period")

enum trend_state {
#define X(ID, name, text) TREND_##ID,
    TREND_STATE_LIST(X)
#undef X
};
const char *trend_state_name(enum trend_state state);
const char *trend_state_text(enum trend_state state);

struct trend_point {
    size_t index;             /* of the first run after the change */
    struct trend_place place; /* 95 % interval for `index` */
    double before, after;     /* medians of the segments on its two sides */
    double shift;             /* Hodges-Lehmann, after less before */
    double p;
};

struct trend {
    enum trend_state state;
    struct trend_point *points; /* rising index; owned, trend_free */
    size_t count;
    double period;            /* runs; SEASONAL only, else 0 */
    struct trend_drift drift; /* of the last segment; of all runs when not segmented */
};

/* -EINVAL: a value is not finite, or the parameters are out of range; -ENOMEM. */
int trend_find(const double *values, size_t count, const struct trend_params *params,
               struct trend *out);
void trend_free(struct trend *t);
/* The first run of the last segment. */
size_t trend_last_segment(const struct trend *t);

#endif
