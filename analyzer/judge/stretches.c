/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Divides a history into stretches without a change, so that a variance between runs is not taken
 * across one. A change of any deciding metric divides all of them: what moved the throughput did
 * something to the rest.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/judge/compare_build.h"
#include "analyzer/stats/column.h"
#include "analyzer/stats/trend.h"
#include "base/err.h"

static const struct trend_params params = {.alpha = 0.001, .draws = 1999};

/* The values of one metric on its scale and the runs that have one. */
struct series {
    double *x;
    size_t *run;
    size_t count;
};

static void take_series(const struct metric *m, const double *cells, size_t stride, size_t runs,
                        struct series *s)
{
    s->count = 0;
    for (size_t i = 0; i < runs; i++) {
        double x = column_scaled(m, cells[i * stride], 1);
        if (isfinite(x)) {
            s->x[s->count] = x;
            s->run[s->count++] = i;
        }
    }
}

/* Marks the first run of every stretch. */
static int mark(const struct metric *m, const struct series *s, uint32_t *begins)
{
    struct trend t;
    struct trend_params p = params;
    p.margin = verdict_margin(m);
    int ret = trend_find(s->x, s->count, &p, &t);
    if (ret)
        return ret;
    for (size_t i = 0; i < t.count; i++)
        begins[s->run[t.points[i].index]] = 1;
    trend_free(&t);
    return 0;
}

int comparison_stretches(const struct metric *metrics, size_t metric_count, const double *cells,
                         size_t runs, uint32_t *stretch, struct err *e)
{
    struct series s = {malloc((runs + 1) * sizeof *s.x), malloc((runs + 1) * sizeof *s.run), 0};
    int ret = s.x && s.run ? 0 : -ENOMEM;
    for (size_t j = 0; j < metric_count && ret == 0; j++) {
        const struct metric *m = &metrics[j];
        if (!(m->use & METRIC_DECIDES) || m->scale == SCALE_COUNT)
            continue;
        take_series(m, cells + j, metric_count, runs, &s);
        ret = mark(m, &s, stretch);
    }
    for (size_t i = 1; i < runs; i++)
        stretch[i] += stretch[i - 1];
    free(s.x);
    free(s.run);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret, "out of memory to divide the history");
    return runs ? (int)(stretch[runs - 1] - stretch[0]) + 1 : 0;
}
