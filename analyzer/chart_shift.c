/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the shift function: how each part of the latency's distribution moved. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/judge/comparison.h"
#include "analyzer/out/format.h"
#include "analyzer/plot.h"

#define DRAWS 200 /* of labellings: the p-values are not drawn */

/* One part: its change in ln(ratio), NAN where there is none. */
struct part {
    double percent, change, lo, hi, margin;
    double difference_ns;
};

/* The judged percentile that this part is, or NULL. */
static const struct metric *metric_of(const struct comparison *c, const struct shift_point *s,
                                      const struct compare_result **result)
{
    char name[40], digits[20];
    snprintf(digits, sizeof digits, "%g", 100 * (double)s->num / (double)s->den);
    for (char *dot = strchr(digits, '.'); dot && *dot; dot++)
        *dot = dot[1]; /* p99.9 is p999 */
    snprintf(name, sizeof name, "latency_p%s_us", digits);
    for (size_t j = 0; j < c->metric_count; j++)
        if (strcmp(c->metrics[j].name, name) == 0) {
            *result = &c->results[j];
            return &c->metrics[j];
        }
    return NULL;
}

/* The other parts, judged over the same runs; with fewer runs than a joint permutation takes there
 * is nothing that their intervals could rest on. */
static void judge_parts(const struct comparison *c, struct compare_result out[EFFECT_SHIFTS])
{
    struct metric metrics[EFFECT_SHIFTS];
    struct compare_gate gate;
    size_t least = c->paired ? 2 : COMPARE_JOINT_RUNS;
    for (size_t i = 0; i < EFFECT_SHIFTS; i++) {
        metrics[i] = (struct metric){"", BAD_UP, SCALE_LOG, 0.03, 0};
        out[i].evidence = (struct evidence){NAN, NAN, NAN, NAN, NAN, NAN};
    }
    struct compare_input input = {
        .metrics = metrics,
        .metric_count = EFFECT_SHIFTS,
        .a = {.values = c->a.parts, .runs = c->a.values.count},
        .b = {.values = c->b.parts, .runs = c->b.values.count},
        .paired = c->paired,
        .alpha = c->alpha,
        .seed = (uint64_t)c->stored.seed,
        .draws = DRAWS,
    };
    if (c->a.values.count >= least && c->b.values.count >= least)
        compare_runs(&input, out, &gate);
}

static void take_part(const struct comparison *c, const struct shift_point *s,
                      const struct compare_result *own, struct part *p)
{
    const struct compare_result *judged = own;
    const struct metric *m = metric_of(c, s, &judged);
    const struct metric *median = verdict_metric("latency_p50_us");
    *p = (struct part){.percent = 100 * (double)s->num / (double)s->den,
                       .change = s->a > 0 && s->b > 0 ? log(s->b / s->a) : NAN,
                       .lo = judged->evidence.lo,
                       .hi = judged->evidence.hi,
                       .margin = verdict_margin(m ? m : median),
                       .difference_ns = s->b - s->a};
    if (!isnan(judged->evidence.shift) && !isnan(p->change))
        p->change = judged->evidence.shift; /* what the interval belongs to */
}

static void put_name(FILE *out, size_t i, const struct part *p)
{
    char text[60], plain[40];
    snprintf(text, sizeof text, "p%g", p->percent);
    fprintf(out, "set label %zu ", 2000 + i);
    gnuplot_quote(out, text);
    fprintf(out, " at first %zu, screen 0.145 center font ',10.5' noenhanced\n", i);
    if (isnan(p->difference_ns)) {
        snprintf(text, sizeof text, "too few");
    } else {
        double us = p->difference_ns / 1e3;
        snprintf(text, sizeof text, "%s%s", us < 0 ? "-" : "+",
                 format_number(plain, sizeof plain, fabs(us)));
    }
    fprintf(out, "set label %zu ", 2100 + i);
    gnuplot_quote(out, text);
    fprintf(out,
            " at first %zu, screen 0.105 center font ',9.5' textcolor rgb '#606060' "
            "noenhanced\n",
            i);
}

static void put_parts(FILE *out, const struct part parts[EFFECT_SHIFTS],
                      const struct chart_change_axis *axis)
{
    fputs("$shift << EOD\n", out);
    for (size_t i = 0; i < EFFECT_SHIFTS; i++) {
        const struct part *p = &parts[i];
        fprintf(out, "%zu", i);
        chart_put(out, chart_change_within(axis, p->change));
        chart_put(out, chart_change_within(axis, p->lo));
        chart_put(out, chart_change_within(axis, p->hi));
        fprintf(out, " %.9g\n", p->margin);
    }
    fputs("EOD\n", out);
}

int chart_shift_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct comparison *c = in->comparison;
    struct compare_result own[EFFECT_SHIFTS] = {0};
    struct part parts[EFFECT_SHIFTS];
    struct chart_change_axis axis = {0};
    bool any = false;
    for (size_t i = 0; c->compared && i < EFFECT_SHIFTS; i++)
        any |= c->shift[i].a > 0 && c->shift[i].b > 0;
    if (!any) {
        *why = c->compared ? "a side has no latency histograms" : "the runs were not compared";
        return 1;
    }
    judge_parts(c, own);
    for (size_t i = 0; i < EFFECT_SHIFTS; i++) {
        take_part(c, &c->shift[i], &own[i], &parts[i]);
        chart_change_hold(&axis, parts[i].change);
        chart_change_hold_margin(&axis, isnan(parts[i].change) ? NAN : parts[i].margin);
        chart_change_reach(&axis, parts[i].lo);
        chart_change_reach(&axis, parts[i].hi);
        put_name(out, i, &parts[i]);
    }
    chart_put_change_axis(out, &axis, 'y');
    put_parts(out, parts, &axis);
    fprintf(out, "PARTS = %d\n", EFFECT_SHIFTS);
    return 0;
}
