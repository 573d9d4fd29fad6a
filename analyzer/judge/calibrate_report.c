/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/calibrate_report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/parallel.h"
#include "base/err.h"

static const char *why_not(const struct trend_metric *m, int ret)
{
    if (ret == -ENOTSUP)
        return trend_state_text(m->found.state);
    if (m->found.state == TREND_CONSTANT)
        return trend_state_text(TREND_CONSTANT);
    return m->count < CALIBRATE_MIN ? "fewer than 20 runs" : "the runs do not vary";
}

static int calibrate(void *report, size_t j)
{
    struct calibrate_metric *c = &((struct calibrate_report *)report)->metrics[j];
    const struct trend_metric *m = &((struct calibrate_report *)report)->trend.series[j];
    const struct trend_params params = {TREND_ALPHA, TREND_DRAWS, m->margin};
    int ret = trend_calibrate(m->values, m->count, &m->found, &params, CALIBRATE_RUNS,
                              CALIBRATE_HISTORIES, &c->figures);
    c->missing = ret ? why_not(m, ret) : NULL;
    c->detectable_percent = ret ? NAN : trend_percent(m, c->figures.detectable, m->centre);
    return ret == -ENOMEM ? ret : 0;
}

int calibrate_report_build(struct calibrate_report *c, struct err *e)
{
    c->metrics = calloc(c->trend.metric_count, sizeof *c->metrics);
    int ret = c->metrics ? parallel_each(c->trend.metric_count, calibrate, c) : -ENOMEM;
    return ret ? err_set(e, EXIT_ENVIRONMENT, ret, "out of memory for the calibration") : 0;
}

void calibrate_report_fini(struct calibrate_report *c)
{
    free(c->metrics);
    trend_report_fini(&c->trend);
}

int calibrate_report_code(const struct calibrate_report *c)
{
    if (c->trend.verdict == TREND_IS_INVALID)
        return EXIT_INVALID;
    for (size_t j = 0; j < c->trend.metric_count; j++)
        if (!c->metrics[j].missing)
            return EXIT_WELL;
    return EXIT_INCONCLUSIVE;
}
