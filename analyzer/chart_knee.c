/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the chart that puts the latency of a suite's trials over the rate that each achieved. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/out/format.h"
#include "analyzer/plot.h"
#include "analyzer/summary.h"

/* By what was asked for: the rate, or with max the connections. */
static int by_load(const void *a, const void *b)
{
    const struct trial_info *x = a, *y = b;
    double p = isnan(x->requested_per_s) ? (double)x->connections : x->requested_per_s;
    double q = isnan(y->requested_per_s) ? (double)y->connections : y->requested_per_s;
    return (p > q) - (p < q);
}

/* "achieved p50 p99 held name", times in s; held: 0 where it did not, also where nobody asked. */
static size_t put_trials(FILE *out, const struct summary *s, struct chart_span *times, double *most)
{
    size_t n = s->trials.count, points = 0;
    struct trial_info *sorted = malloc((n + 1) * sizeof *sorted);
    if (!sorted)
        return 0;
    if (n)
        memcpy(sorted, s->trials.rows, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_load);
    fputs("$trials << EOD\n", out);
    for (size_t i = 0; i < n; i++) {
        const struct trial_info *t = &sorted[i];
        if (!(t->achieved_per_s >= 0) || isnan(t->latency_p50_us))
            continue;
        points++;
        *most = fmax(*most, t->achieved_per_s);
        chart_span_add(times, t->latency_p50_us / 1e6);
        chart_span_add(times, t->latency_p99_us / 1e6);
        chart_put(out, t->achieved_per_s);
        chart_put(out, t->latency_p50_us / 1e6);
        chart_put(out, t->latency_p99_us / 1e6);
        fprintf(out, " %d", t->passed != 0);
        if (isnan(t->requested_per_s))
            fprintf(out, " %lld\n", (long long)t->connections);
        else
            fputs(" \"\"\n", out);
    }
    fputs("EOD\n", out);
    free(sorted);
    return points;
}

/* The finding that the chart marks: the knee, else the answer. */
static const struct finding_info *marked(const struct summary *s)
{
    const struct finding_info *first = NULL;
    for (size_t i = 0; i < s->findings.count; i++) {
        const struct finding_info *f = &s->findings.rows[i];
        if (isnan(f->value) || f->trial_seq == QUERY_NONE)
            continue;
        if (strcmp(f->name, "knee_connections") == 0)
            return f;
        first = first ? first : f;
    }
    return first;
}

static double achieved_of(const struct summary *s, int64_t seq)
{
    for (size_t i = 0; i < s->trials.count; i++)
        if (s->trials.rows[i].seq == seq)
            return s->trials.rows[i].achieved_per_s;
    return NAN;
}

static void put_mark(FILE *out, const struct summary *s)
{
    const struct finding_info *f = marked(s);
    char value[64], high[64], text[240] = "";
    double x = f ? achieved_of(s, f->trial_seq) : NAN;
    if (f)
        snprintf(text, sizeof text, "%.60s = %s%s", f->name,
                 format_number(value, sizeof value, f->value),
                 strcmp(f->unit, "1/s") == 0 ? "/s" : "");
    bool band = f && strcmp(f->unit, "1/s") == 0 && f->high > f->low;
    if (band)
        snprintf(text + strlen(text), sizeof text - strlen(text), " (shaded: %s to %s)",
                 format_number(value, sizeof value, f->low),
                 format_number(high, sizeof high, f->high));
    fprintf(out, "MARK =");
    chart_put(out, x);
    fprintf(out, "\nHAS_MARK = %d\nHAS_BAND = %d\nBAND_LO =", !isnan(x), band);
    chart_put(out, band ? f->low : NAN);
    fputs("\nBAND_HI =", out);
    chart_put(out, band ? f->high : NAN);
    fputs("\nMARK_TEXT = ", out);
    gnuplot_quote(out, text);
    fputc('\n', out);
}

int chart_knee_data(FILE *out, const struct plot_input *in, const char **why)
{
    struct chart_span times = {0};
    double most = 0;
    if (!in->runs->trials.count) {
        *why = "the job searched nothing (no suite)";
        return 1;
    }
    if (put_trials(out, in->runs, &times, &most) < 2 || !(most > 0)) {
        *why = "fewer than two trials have a rate and a latency";
        return 1;
    }
    chart_put_span(out, &times, "");
    double scale = most >= 1e6 ? 1e6 : most >= 1e4 ? 1e3 : 1;
    fprintf(out, "RIGHT = %.9g\nSCALE = %.9g\nUNIT = '%s'\n", chart_round_up(most), scale,
            scale >= 1e6 ? "million/s" : scale > 1 ? "thousand/s" : "1/s");
    put_mark(out, in->runs);
    return 0;
}
