/* SPDX-License-Identifier: BSD-3-Clause */
/* The five times of a run: merged histograms, percentiles, intervals. */
#ifndef ANALYZER_TIMES_H
#define ANALYZER_TIMES_H

#include "analyzer/figure.h"
#include "analyzer/query.h"
#include "analyzer/stats/percentile.h"

/* The samples that a percentile and the ends of its interval are; 0: not shown. */
struct quantile_ranks {
    uint64_t value, lo, hi;
};

/* All in ns. Percentiles come from buckets at most 0.1 % wide, or from the samples themselves
 * (`exact`, times_exact.h); min, max and mean are exact. */
struct time_summary {
    struct figure quantiles[QUANTILE_COUNT], min, max, mean;
    struct quantile_ranks ranks[QUANTILE_COUNT];
    bool exact;
    struct hist_sum *sum; /* never NULL until times_fini; count 0: no samples */
    uint64_t overflow;    /* samples above HIST_MAX_NS */
    const char *scope;    /* the phases it covers: "measured" or "connect" */
};

/* A stretch of time in pieces of equal length, seconds as a rule. */
struct seconds {
    int64_t from_ns, length_ns;
    size_t count;
};
/* Covers `from_ns` to `to_ns` by pieces of `length_ns` (at least 1 ms), at most a million. */
struct seconds seconds_over(int64_t from_ns, int64_t to_ns, int64_t length_ns);
/* Cluster of an interval's middle; one outside is put into the nearest. */
size_t seconds_index(const struct seconds *s, int64_t started_ns, int64_t ended_ns);

/* Reads one histogram row into `out`, exact columns over the buckets' estimates. -EBADMSG with a
 * message that names the run's interval: the blob is damaged. */
int times_decode(const struct hist_info *row, struct hist_sum *out, struct err *e);

/* Connect times come from the measured phases when connections are opened there, else from the
 * connect phase. */
int times_build(struct db *db, int64_t run_id, enum time_kind time, const struct seconds *seconds,
                struct time_summary *out, struct err *e);
void times_fini(struct time_summary *t);

#endif
