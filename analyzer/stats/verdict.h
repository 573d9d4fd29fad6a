/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a shift, its p and its intervals to one word, with a margin below which a difference does
 * not matter; and the one table of metrics: which way is bad, what margin, what scale. Pure.
 */
#ifndef ANALYZER_STATS_VERDICT_H
#define ANALYZER_STATS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

enum bad_direction { BAD_UP, BAD_DOWN };
enum scale {
    SCALE_LOG,   /* ln(value): a shift is a ratio, the margin a relative one */
    SCALE_PLAIN, /* the value itself: shift and margin in the metric's unit */
    SCALE_COUNT, /* events that may be 0, over an exposure; the margin is relative */
};

enum metric_use {
    METRIC_DECIDES = 1, /* an inconclusive one makes the whole comparison inconclusive */
    METRIC_TRACKED = 2, /* goes into the documents of other projects' trackers */
    METRIC_BENCHMARK = 4, /* of a benchmark's round (tests/bench/book.h): decides where there is one */
};

struct metric {
    const char *name; /* as in the result JSON */
    enum bad_direction bad;
    enum scale scale;
    double margin; /* delta */
    unsigned use;  /* of enum metric_use */
};
/* Every figure of a run that has a bad direction. */
extern const struct metric verdict_metrics[];
extern const size_t verdict_metric_count;
/* The negative controls: what no change of the measured code can move. */
extern const struct metric verdict_controls[];
extern const size_t verdict_control_count;
/* NULL: there is no such metric. */
const struct metric *verdict_metric(const char *name);
/* The margin on the scale of the shift: ln(1 + delta), or delta itself on SCALE_PLAIN. */
double verdict_margin(const struct metric *m);

enum change { CHANGE_SAME, CHANGE_IMPROVEMENT, CHANGE_REGRESSION, CHANGE_INCONCLUSIVE };
#define CHANGES 4
const char *verdict_name(enum change change);

/* On the scale of the metric. Intervals that could not be had are NAN. */
struct evidence {
    double p;      /* adjusted; NAN: no test */
    double shift;  /* of b against a */
    double lo, hi; /* 95 % */
    double lo90, hi90;
};
struct verdict_of {
    enum change change;
    bool strong; /* the 95 % interval lies wholly beyond the margin */
};
/* An interval that holds 0 says that there may be no shift at all. False where there is none. */
bool verdict_interval_holds_0(const struct evidence *e);
/* STATS 2: regression when p <= alpha, the shift is at least `margin` in the bad direction and the
 * 95 % interval does not hold 0 (of counts p goes by the ranks of the runs, the interval by their
 * sums: a burst or a handful of events moves one and not the other); improvement likewise; same
 * when the 90 % interval lies within the margin; else inconclusive. */
struct verdict_of verdict_decide(const struct evidence *e, enum bad_direction bad, double margin,
                                 double alpha);

/* Runs a side to find a shift of `margin` with probability `power`:
 * 2 ((z_(1-alpha/2) + z_power) sd / margin)^2, raised. NAN when sd is not known. */
double verdict_runs_needed(double sd, double margin, double alpha, double power);

#endif
