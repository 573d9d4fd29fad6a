/* SPDX-License-Identifier: BSD-3-Clause */
/* Axes and words of relative changes, as the charts of comparisons draw them. */
#include <math.h>
#include <stddef.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/judge/comparison.h"

#define LEAST    0.05 /* of ln: an axis shows at least so much to each side */
#define AIR      1.15
#define REACH    3.0   /* how much farther than the points an interval may stretch the axis */
#define FARTHEST 9.2   /* ln(10,000) */
#define APART_X  0.145 /* of the axis, between ticks: the width of a label */
#define APART_Y  0.07

bool chart_is_ratio(const struct metric *m)
{
    return m->scale != SCALE_PLAIN;
}

void chart_change_hold(struct chart_change_axis *a, double shift)
{
    if (isnan(shift))
        return;
    a->point_lo = fmin(a->point_lo, fmax(shift, -FARTHEST));
    a->point_hi = fmax(a->point_hi, fmin(shift, FARTHEST));
}

void chart_change_hold_margin(struct chart_change_axis *a, double margin)
{
    chart_change_hold(a, -margin);
    chart_change_hold(a, margin);
}

void chart_change_reach(struct chart_change_axis *a, double bound)
{
    a->bound_lo = fmin(a->bound_lo, bound); /* NAN gives way */
    a->bound_hi = fmax(a->bound_hi, bound);
}

double chart_change_within(const struct chart_change_axis *a, double bound)
{
    return isnan(bound) ? NAN : fmin(fmax(bound, a->lo), a->hi);
}

char *chart_change_words(char *buf, size_t size, double shift)
{
    double ratio = exp(shift), percent = 100 * (ratio - 1);
    if (!isfinite(shift))
        snprintf(buf, size, shift > 0 ? "only now" : "only before");
    else if (ratio >= CHART_TIMES)
        snprintf(buf, size, ratio < 100 ? "\303\227 %.1f" : "\303\227 %.3g", ratio);
    else if (fabs(percent) < 0.05)
        snprintf(buf, size, "0 %%");
    else
        snprintf(buf, size, "%+.*f %%", percent < -99 ? 2 : 1, percent);
    return buf;
}

/* Ratios that make good ticks, the most wanted first. */
static const double wanted[] = {1,    1.1,  0.9,  2,    0.5, 10,   0.1,  1.2,  0.8,
                                1.05, 0.95, 1.5,  0.67, 5,   0.2,  1.02, 0.98, 1.01,
                                0.99, 100,  0.01, 20,   3,   1000, 0.001};

/* A label is a format to gnuplot, too: its percent signs are doubled. */
static void put_tick(FILE *out, double ratio, bool first)
{
    char text[40];
    if (ratio >= CHART_TIMES)
        snprintf(text, sizeof text, "\303\227 %g", ratio);
    else if (ratio < 0.15)
        snprintf(text, sizeof text, "\303\267 %g", 1 / ratio);
    else
        snprintf(text, sizeof text, ratio == 1 ? "0 %%%%" : "%+.0f %%%%", 100 * (ratio - 1));
    fputs(first ? "" : ", ", out);
    gnuplot_quote(out, text);
    fprintf(out, " %.9g", log(ratio));
}

void chart_put_change_axis(FILE *out, struct chart_change_axis *a, char axis)
{
    double taken[sizeof wanted / sizeof *wanted];
    size_t count = 0;
    double apart = (axis == 'x' ? APART_X : APART_Y);
    double far = REACH * fmax(-a->point_lo, a->point_hi);
    a->lo = fmin(-LEAST, AIR * fmin(a->point_lo, fmax(a->bound_lo, -far)));
    a->hi = fmax(LEAST, AIR * fmax(a->point_hi, fmin(a->bound_hi, far)));
    fprintf(out, "FROM = %.9g\nTO = %.9g\nset %ctics nomirror out scale 0.5 (", a->lo, a->hi, axis);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        double at = log(wanted[i]);
        bool free = at > a->lo && at < a->hi;
        for (size_t t = 0; t < count && free; t++)
            free = fabs(at - taken[t]) >= apart * (a->hi - a->lo);
        if (!free)
            continue;
        put_tick(out, wanted[i], count == 0);
        taken[count++] = at;
    }
    fputs(")\n", out);
}
