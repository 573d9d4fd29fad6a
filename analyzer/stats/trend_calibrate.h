/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the trend test does on a user's own noise (--calibrate): how often it cries wolf, and how
 * small a change it sees. The history's runs, less the centre of their segment, are permuted
 * within their segments (in blocks of five where neighbours are correlated), so that no change is
 * left in them but all of their noise is. Pure and seeded by the data.
 */
#ifndef ANALYZER_STATS_TREND_CALIBRATE_H
#define ANALYZER_STATS_TREND_CALIBRATE_H

#include <stddef.h>

#include "analyzer/stats/trend.h"

#define CALIBRATE_WINDOW 60 /* runs that each test looks back over, at most */
#define CALIBRATE_AFTER  5  /* runs after the change, for the power */
#define CALIBRATE_MIN    20 /* runs of history */
#define CALIBRATE_POWER  0.8

struct trend_calibration {
    size_t runs;           /* runs tested, one test after each */
    size_t alarms;         /* changes told, all of them false */
    double alarms_per_100; /* 100 alarms / runs */
    double
        alarms_hi_per_100; /* its one-sided 95 % Poisson bound: also 0 alarms prove only so much */
    double detectable;     /* smallest shift seen in 80 % of histories within 5 runs, in units of
                            * the values; NAN: not even one of 64 deviations is */
};

/* `found` divides the history (a history that is not segmented is not calibrated: -ENOTSUP);
 * `runs` tests in all for the alarms (10,000 bound 0 alarms by 0.03 per 100), `histories` for each
 * step of the search for the detectable shift (200 give its power to 3 points). The margin
 * applies to both. -ENODATA: fewer than 20 runs, or they do not vary; -ENOMEM. */
int trend_calibrate(const double *values, size_t count, const struct trend *found,
                    const struct trend_params *params, size_t runs, size_t histories,
                    struct trend_calibration *out);

#endif
