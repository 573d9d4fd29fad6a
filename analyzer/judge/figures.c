/* SPDX-License-Identifier: BSD-3-Clause */
/* The figures of a comparison: one matrix a side, and the table of metrics that they belong to. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/compare_build.h"
#include "analyzer/judge/margins.h"
#include "base/err.h"

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the figures of the runs");
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(const double *cells, size_t stride, size_t runs, size_t j, double *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < runs; i++)
        if (!isnan(cells[i * stride + j]))
            scratch[n++] = cells[i * stride + j];
    qsort(scratch, n, sizeof *scratch, by_value);
    return n == 0 ? NAN : n % 2 ? scratch[n / 2] : (scratch[n / 2 - 1] + scratch[n / 2]) / 2;
}

/* Takes `width` columns from `first` on out of the matrix. */
static double *slice(struct keep *keep, const struct values *v, size_t first, size_t width)
{
    double *out = keep_bytes(keep, (v->count * width + 1) * sizeof *out);
    for (size_t i = 0; out && i < v->count; i++)
        memcpy(&out[i * width], &v->cells[i * v->metric_count + first], width * sizeof *out);
    return out;
}

static double *medians(struct keep *keep, const double *cells, size_t width, size_t runs)
{
    double *out = keep_bytes(keep, (width + 1) * sizeof *out);
    double *scratch = malloc((runs + 1) * sizeof *scratch);
    for (size_t j = 0; out && scratch && j < width; j++)
        out[j] = median_of(cells, width, runs, j, scratch);
    free(scratch);
    return scratch ? out : NULL;
}

int comparison_read_side(struct db *db, struct comparison *c, const struct id_list *ids,
                         struct comparison_side *side, struct err *e)
{
    size_t all = c->metric_count + c->control_count;
    int ret = values_load(db, c->metrics, all, ids->ids, ids->count, &side->values, e);
    if (ret)
        return ret;
    side->figures = slice(&c->keep, &side->values, 0, c->metric_count);
    side->controls = slice(&c->keep, &side->values, c->metric_count, c->control_count);
    if (!side->figures || !side->controls)
        return no_memory(e);
    side->typical = medians(&c->keep, side->figures, c->metric_count, ids->count);
    side->typical_controls = medians(&c->keep, side->controls, c->control_count, ids->count);
    return side->typical && side->typical_controls ? 0 : no_memory(e);
}

int comparison_lay_out(struct comparison *c, struct err *e)
{
    c->metric_count = verdict_metric_count;
    c->control_count = verdict_control_count;
    c->metrics = keep_bytes(&c->keep, (c->metric_count + c->control_count) * sizeof *c->metrics);
    if (!c->metrics)
        return no_memory(e);
    memcpy(c->metrics, verdict_metrics, c->metric_count * sizeof *c->metrics);
    memcpy(c->metrics + c->metric_count, verdict_controls, c->control_count * sizeof *c->metrics);
    c->control_metrics = c->metrics + c->metric_count;
    return 0;
}

static bool any_value(const struct comparison_side *side, size_t j)
{
    return !isnan(side->typical[j]);
}

int comparison_set_metrics(struct comparison *c, struct err *e)
{
    const struct values_run *last = &c->b.values.runs[c->b.values.count - 1];
    for (size_t j = 0; j < c->metric_count; j++)
        if (!any_value(&c->a, j) && !any_value(&c->b, j))
            c->metrics[j].use &= ~(unsigned)METRIC_DECIDES;
        else if (c->metrics[j].use & METRIC_BENCHMARK)
            c->metrics[j].use |= METRIC_DECIDES;
    return margins_apply(last->margins, (long long)last->id, c->metrics, c->metric_count, e);
}
