/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/until.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mser.h"

/* What ends it before its time, if that has come to hold. */
static enum phase_exit early(const struct until *u, const struct until_seen *seen)
{
    if (seen->now_ns < u->start_ns)
        return PHASE_EXIT_NONE;
    if (u->connections && seen->open >= u->connections)
        return PHASE_EXIT_CONNECTIONS;
    return u->steady && seen->steady ? PHASE_EXIT_STEADY : PHASE_EXIT_NONE;
}

enum phase_exit until_judge(struct until *u, const struct until_seen *seen)
{
    if (seen->aborted)
        return PHASE_EXIT_ABORT;
    if (seen->done)
        return seen->now_ns < u->longest_ns ? PHASE_EXIT_COUNT : PHASE_EXIT_TIME;
    bool enough = seen->completed >= u->completions_min, over = seen->now_ns >= u->planned_ns;
    enum phase_exit why = early(u, seen);
    if (enough && why)
        return why;
    if (u->planned_ns == u->longest_ns)
        return PHASE_EXIT_NONE; /* the workers end it, to the microsecond */
    if (enough && over)
        return u->extended ? PHASE_EXIT_COMPLETIONS : PHASE_EXIT_TIME;
    u->extended |= over;
    return PHASE_EXIT_NONE;
}

/* --- settled ---------------------------------------------------------------------------------- */

static int settled(const char *what, const double *values, size_t count, size_t *cut, char *reason,
                   size_t size)
{
    struct mser m;
    int ret = mser_find(values, count, &m);
    if (ret)
        return ret;
    *cut = m.cut > *cut ? m.cut : *cut;
    if (m.steady)
        return 1;
    if (m.drift.p < 0.01)
        snprintf(reason, size, "%s drifts: by %+.3g %% of its mean over %zu intervals (p = %.2g)",
                 what, 100 * m.drift.change / m.mean, m.drift.count * MSER_BATCH, m.drift.p);
    else
        snprintf(reason, size, "%s never settled: the best cut lies in the second half", what);
    return 0;
}

/* Intervals without a sample have no mean. Returns how many there are. */
static size_t measured_only(const double *from, size_t count, double *to)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(from[i]))
            to[n++] = from[i];
    return n;
}

int until_steady(const struct figure_series *s, size_t count, char *reason, size_t size)
{
    size_t cut = 0, measured = 0;
    if (count < MSER_MIN * MSER_BATCH) {
        snprintf(reason, size, "not judged: %zu intervals, it takes %d", count,
                 MSER_MIN * MSER_BATCH);
        return -ENODATA;
    }
    int ret = settled("the rate", s->rate, count, &cut, reason, size);
    double *mean = ret == 1 ? malloc(count * sizeof *mean) : NULL;
    if (mean)
        measured = measured_only(s->mean, count, mean);
    if (measured >= MSER_MIN * MSER_BATCH)
        ret = settled("the mean latency", mean, measured, &cut, reason, size);
    free(mean);
    if (ret == 1)
        snprintf(reason, size, "settled after %zu of %zu intervals", cut, count);
    return ret;
}
