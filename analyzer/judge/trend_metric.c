/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/judge/trend_internal.h"
#include "base/trend_series.h"
#include "base/units.h"

#define PER_TRANSACTIONS 1000.0
#define MONTH_NS         (30 * 86400 * 1e9)

/* --- from figures to a series ---------------------------------------------------------- */

/* A figure on the scale of its series; NAN: it has no place there. */
static double on_scale(const struct metric *metric, const struct values_run *run, double figure)
{
    switch (metric->scale) {
    case SCALE_LOG:
        return figure > 0 ? log(figure) : NAN;
    case SCALE_PLAIN:
        return figure;
    case SCALE_COUNT:
        return run->exposure > 0 ? PER_TRANSACTIONS * figure / run->exposure : NAN;
    }
    return NAN;
}

double trend_in_unit(const struct trend_metric *m, double value)
{
    return m->metric->scale == SCALE_LOG ? exp(value) : value;
}

const char *trend_unit(const struct trend_metric *m)
{
    return m->metric->scale == SCALE_COUNT ? "per 1,000 transactions" : "";
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return count ? sum / (double)count : 0;
}

static double median(const double *values, size_t count, double *scratch)
{
    series_sort(values, count, scratch);
    return series_median(scratch, count);
}

/* The margin of a count is a share of what there is in a run, above 0 as soon as any run has one.
 */
static double margin_of(const struct trend_metric *m)
{
    double margin = verdict_margin(m->metric);
    return m->metric->scale == SCALE_COUNT ? m->metric->margin * mean(m->values, m->count) : margin;
}

int trend_metric_fill(struct trend_metric *m, const struct trend_report *r, size_t column)
{
    m->values = malloc((r->good_count + 1) * sizeof *m->values);
    m->runs = malloc((r->good_count + 1) * sizeof *m->runs);
    if (!m->values || !m->runs)
        return -ENOMEM;
    for (size_t i = 0; i < r->good_count; i++) {
        size_t run = r->good[i];
        double figure = r->values.cells[run * r->values.metric_count + column];
        double value = on_scale(m->metric, &r->values.runs[run], figure);
        if (!isfinite(value)) {
            m->missing++;
            continue;
        }
        m->runs[m->count] = run;
        m->values[m->count++] = value;
    }
    m->margin = margin_of(m);
    return 0;
}

int trend_metric_find(struct trend_metric *m)
{
    const struct trend_params params = {TREND_ALPHA, TREND_DRAWS, m->margin};
    return trend_find(m->values, m->count, &params, &m->found);
}

void trend_metric_fini(struct trend_metric *m)
{
    if (m->values)
        trend_free(&m->found);
    free(m->values);
    free(m->runs);
    free(m->changes);
}

/* --- drift ----------------------------------------------------------------------------- */

double trend_percent(const struct trend_metric *m, double shift, double from)
{
    switch (m->metric->scale) {
    case SCALE_LOG:
        return 100 * expm1(shift);
    case SCALE_COUNT:
        return from > 0 ? 100 * shift / from : NAN;
    case SCALE_PLAIN:
        break;
    }
    return NAN;
}

/* Runs in 30 days, at the pace of the runs that the drift was seen in. */
static double runs_in_month(const struct trend_metric *m, const struct trend_report *r)
{
    size_t first = m->runs[m->count - m->found.drift.count], last = m->runs[m->count - 1];
    double took =
        (double)ns_between(r->values.runs[first].started_ns, r->values.runs[last].started_ns);
    return took > 0 ? MONTH_NS / took * (double)(m->found.drift.count - 1) : NAN;
}

void trend_metric_drift(struct trend_metric *m, const struct trend_report *r)
{
    const struct trend_drift *d = &m->found.drift;
    size_t from = trend_last_segment(&m->found);
    m->centre = m->drift_percent = m->drift_percent_30_days = NAN;
    if (m->count == 0)
        return;
    double *scratch = malloc((m->count - from) * sizeof *scratch);
    double centre = scratch ? median(m->values + from, m->count - from, scratch) : NAN;
    free(scratch);
    m->centre = trend_in_unit(m, centre);
    if (d->count < 2)
        return;
    m->drifts = d->p <= TREND_DRIFT_ALPHA && fabs(d->change) >= m->margin && d->change != 0;
    m->drift_percent = trend_percent(m, d->slope, centre);
    m->drift_percent_30_days = trend_percent(m, d->slope * runs_in_month(m, r), centre);
}

/* --- the pinned baseline --------------------------------------------------------------- */

struct sides {
    double *pinned, *newest;
    size_t pinned_count, newest_count;
};

static bool is_pinned(const struct values *pinned, const struct values_run *run)
{
    for (size_t i = 0; i < pinned->count; i++)
        if (pinned->runs[i].id == run->id)
            return true;
    return false;
}

/* The baseline's runs, and those of the last segment that came after all of them. */
static void choose(const struct trend_metric *m, const struct trend_report *r, size_t column,
                   struct sides *s)
{
    const struct values *pinned = &r->pinned;
    for (size_t i = 0; i < pinned->count; i++) {
        double figure = pinned->cells[i * pinned->metric_count + column];
        double value = on_scale(m->metric, &pinned->runs[i], figure);
        if (values_run_good(&pinned->runs[i]) && isfinite(value))
            s->pinned[s->pinned_count++] = value;
    }
    size_t from = m->count;
    while (from > trend_last_segment(&m->found) &&
           !is_pinned(pinned, &r->values.runs[m->runs[from - 1]]))
        from--;
    s->newest = m->values + from;
    s->newest_count = m->count - from;
}

static const char *why_not(int ret, const struct sides *s)
{
    if (ret == -ENODATA)
        return s->pinned_count < RATCHET_MIN ? "fewer than 3 runs of the baseline have it"
                                             : "fewer than 3 runs since the baseline";
    return ret == -ERANGE ? "too few runs of the baseline for a p of 0.001" : NULL;
}

int trend_metric_pin(struct trend_metric *m, const struct trend_report *r, size_t column)
{
    static const struct trend_ratchet nothing = {0, NAN, NAN, false};
    m->pinned = (struct trend_pinned){.ratchet = nothing, .percent = NAN};
    struct sides s = {.pinned = malloc((r->pinned.count + 1) * sizeof *s.pinned)};
    if (!s.pinned)
        return -ENOMEM;
    choose(m, r, column, &s);
    const struct trend_params params = {TREND_ALPHA, TREND_DRAWS, m->margin};
    int ret = trend_ratchet(s.pinned, s.pinned_count, s.newest, s.newest_count, 0, &params,
                            &m->pinned.ratchet);
    m->pinned.runs = s.pinned_count;
    m->pinned.missing = why_not(ret, &s);
    if (ret == -ENODATA)
        m->pinned.ratchet = nothing;
    double *scratch = malloc((s.pinned_count + 1) * sizeof *scratch);
    if (scratch)
        m->pinned.percent =
            trend_percent(m, m->pinned.ratchet.shift, median(s.pinned, s.pinned_count, scratch));
    m->pinned.worse = (m->pinned.ratchet.shift > 0) == (m->metric->bad == BAD_UP);
    free(scratch);
    free(s.pinned);
    return ret == -ENOMEM || !scratch ? -ENOMEM : 0;
}
