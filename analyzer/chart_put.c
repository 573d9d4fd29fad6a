/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/charts.h"

#include <math.h>

double chart_round_up(double value)
{
    double decade = pow(10, floor(log10(value)));
    return value <= decade       ? decade
           : value <= 2 * decade ? 2 * decade
           : value <= 5 * decade ? 5 * decade
                                 : 10 * decade;
}

void chart_span_add(struct chart_span *s, double value)
{
    if (!(value > 0))
        return; /* missing, or 0, which has no place on a logarithmic axis */
    s->lo = s->lo > 0 ? fmin(s->lo, value) : value;
    s->hi = fmax(s->hi, value);
}

void chart_put_span(FILE *out, const struct chart_span *s, const char *prefix)
{
    if (s->hi > 0)
        fprintf(out, "%sLO = %.9g\n%sHI = %.9g\n", prefix, 1 / chart_round_up(1.1 / s->lo), prefix,
                chart_round_up(1.1 * s->hi));
}

void chart_put(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, " %.9g", value);
    else
        fputs(" NaN", out);
}
