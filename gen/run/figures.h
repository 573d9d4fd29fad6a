/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The figures that rules may name, and their values: of a whole run or of some of its phases, read
 * back from the rows of the results file, so that what is judged is what was recorded. Rates cover
 * the measured time; what became of transactions and how long it took, the drain behind it as well.
 *
 * A name is one of figure_list()'s; [TIME_]pNN, _min, _max, _mean (without TIME: latency);
 * error.KIND, connect_error.KIND; or counter.NAME, drop.NAME, the counts of base/measure.h and
 * base/drop.h.
 */
#ifndef RUN_FIGURES_H
#define RUN_FIGURES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/measure.h"

struct db;
struct hist_sum;

/* SHARE: percent of a whole, 0 to 100; CPU: percent of a core. */
enum figure_unit {
    UNIT_PER_S,
    UNIT_SHARE,
    UNIT_CPU,
    UNIT_US,
    UNIT_MIB,
    UNIT_BYTES,
    UNIT_MIB_PER_S,
    UNIT_GBIT_PER_S,
    UNIT_COUNT
};
const char *figure_unit_text(enum figure_unit unit);

/* What a figure speaks of: where there is none of it, the figure does not apply. */
enum figure_of {
    OF_RUN,          /* there is always one */
    OF_TRANSACTIONS, /* none with rate = 0 */
    OF_REPLIES,      /* none either with a protocol that goes one way */
    OF_QUEUE,        /* of arrivals: none either with rate = max */
    OF_CONNECTS,     /* where none was begun */
    OF_PEER          /* a process of ours at the far end */
};

struct figure_name {
    char name[40]; /* as rules are stored: latency_p95, errors, error.timeout */
    enum figure_unit unit;
    enum figure_of of;
    const char *sql;     /* an expression over the totals of the scope; NULL: */
    enum time_kind time; /* of one of the times: */
    uint64_t num, den;   /* its percentile num/den; 0: */
    const char *of_hists; /* an expression over the rows of its histograms */
    bool max, windowed;  /* max: one sample decides; windowed: a rule gives a stretch of time with it */
    const char *key;     /* what `sql` looks for as :key; NULL: nothing */
};
/* False: there is no such figure. */
bool figure_find(const char *name, struct figure_name *out);
/* "msg_per_s, transactions_per_s, ..." */
void figure_list(FILE *out);
/* | name | unit | meaning |: the table of docs/JOBS.md. */
void figure_print_markdown(FILE *out);

/* Phases by phase.seq, both ends included. */
struct figure_scope {
    struct db *db;
    int64_t run_id;
    int64_t from_seq, to_seq;
    int64_t since_ns; /* only intervals that ended later (Unix); 0: all */
    bool warmup;      /* the warm-up counts as measured */
};
#define FIGURE_LAST INT64_MAX /* to_seq: to the end of the run */

/* NAN: not measured, or too few samples for the percentile. `window_ns`: of a windowed figure. */
double figure_read(const struct figure_scope *s, const struct figure_name *f, uint64_t window_ns);
/* How many lie behind it: samples of a time, transactions of a share; NAN: no such number. */
double figure_samples(const struct figure_scope *s, const struct figure_name *f);
/* Samples of a time in the scope, merged: 0, or -errno (no memory, rows that cannot be read). */
int figure_hist(const struct figure_scope *s, enum time_kind time, struct hist_sum *out);

/* The scope of the measured phase that job phase `name` has become, with what belongs to it before
 * (connect, warm-up) and behind it (drain), and its row's id. False: it has not run. */
bool figure_scope_of(struct figure_scope *s, const char *name, int64_t *phase_id);

/* The figures of a scope interval by interval, all workers together, for the warm-up test: `rate`
 * completions a second, `mean` mean latency in us (NAN: no sample). Returns how many, at most
 * `room`, the last ones; -errno. */
struct figure_series {
    double *rate, *mean;
    size_t room;
};
int64_t figure_series(const struct figure_scope *s, struct figure_series *out);

/* Of the intervals of a scope's measured time that were not cut short, all workers together. */
struct figure_spread {
    double mean, least, most; /* NAN: there is none */
};
enum figure_spread_of {
    SPREAD_CONNECTIONS,  /* open at the end */
    SPREAD_CONNECTS,     /* a second */
    SPREAD_TRANSACTIONS, /* a second */
    SPREAD_GBIT,         /* a second, of frames both ways, without FCS and preamble */
    SPREAD_COUNT
};
struct figure_spread figure_spread(const struct figure_scope *s, enum figure_spread_of what);

#endif
