/* SPDX-License-Identifier: BSD-3-Clause */
/* The newest runs against a pinned baseline: a drift too slow for any change point still adds up,
 * and must not become the new normal. Pure. */
#ifndef ANALYZER_STATS_TREND_RATCHET_H
#define ANALYZER_STATS_TREND_RATCHET_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/stats/trend.h"

#define RATCHET_MIN    3  /* runs on each side */
#define RATCHET_RECENT 20 /* newest runs of the last segment that are compared, at most */

struct trend_ratchet {
    size_t runs;  /* newest runs that were compared */
    double shift; /* Hodges-Lehmann, newest less baseline */
    double p;     /* two-sided, see below */
    bool moved;   /* p <= alpha and |shift| >= margin; the sign of shift says which way */
};

/* The last runs of `values` from `from` on (trend_last_segment) against the pinned runs. p by
 * permuting which run is a baseline run, on the difference of means: all arrangements where there
 * are at most `draws` of them, else `draws` seeded ones, arrangements at least as far from 0 being
 * counted. The smallest p is 1 over the number of arrangements: -ERANGE when that is above alpha,
 * so that nothing could be told (shift is filled in all the same). -ENODATA: fewer than three runs
 * on a side; -EINVAL: a value is not finite; -ENOMEM. */
int trend_ratchet(const double *pinned, size_t pinned_count, const double *values, size_t count,
                  size_t from, const struct trend_params *params, struct trend_ratchet *out);

#endif
