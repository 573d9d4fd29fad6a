/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the forest plot: every metric of a comparison that has a change, the heaviest first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/judge/words.h"
#include "analyzer/plot.h"

/* In the order of the template's styles. */
enum { LOOK_SAME, LOOK_BETTER, LOOK_WORSE, LOOK_OPEN };

static bool is_drawn(const struct comparison *c, size_t metric)
{
    return !isnan(c->results[metric].evidence.shift);
}

size_t chart_forest_rows(const struct comparison *c)
{
    size_t rows = 0;
    for (size_t j = 0; c->compared && j < c->metric_count; j++)
        rows += is_drawn(c, j);
    return rows;
}

static int look_of(enum change change)
{
    switch (change) {
    case CHANGE_SAME:
        return LOOK_SAME;
    case CHANGE_IMPROVEMENT:
        return LOOK_BETTER;
    case CHANGE_REGRESSION:
        return LOOK_WORSE;
    case CHANGE_INCONCLUSIVE:
        return LOOK_OPEN;
    }
    return LOOK_OPEN;
}

static struct chart_change_axis axis_of(const struct comparison *c)
{
    struct chart_change_axis a = {0};
    for (size_t j = 0; j < c->metric_count; j++) {
        const struct evidence *e = &c->results[j].evidence;
        if (!chart_is_ratio(&c->metrics[j]) || !is_drawn(c, j))
            continue;
        chart_change_hold(&a, e->shift);
        chart_change_hold_margin(&a, verdict_margin(&c->metrics[j]));
        chart_change_reach(&a, e->lo);
        chart_change_reach(&a, e->hi);
    }
    return a;
}

/* "row look change low high margin low-cut high-cut"; what is in a unit of its own has no place. */
static void put_row(FILE *out, const struct comparison *c, size_t metric, size_t row,
                    const struct chart_change_axis *axis)
{
    const struct evidence *e = &c->results[metric].evidence;
    bool ratio = chart_is_ratio(&c->metrics[metric]);
    double shift = ratio ? e->shift : NAN, lo = ratio ? e->lo : NAN, hi = ratio ? e->hi : NAN;
    fprintf(out, "%zu %d", row, look_of(c->results[metric].change));
    chart_put(out, chart_change_within(axis, shift));
    chart_put(out, chart_change_within(axis, lo));
    chart_put(out, chart_change_within(axis, hi));
    chart_put(out, ratio ? verdict_margin(&c->metrics[metric]) : NAN);
    fprintf(out, " %d %d\n", lo < axis->lo || shift<axis->lo, hi> axis->hi || shift > axis->hi);
}

/* --- words beside the rows ---------------------------------------------------------------------
 */

static void put_change(char *buf, size_t size, const struct metric *m, double shift)
{
    if (chart_is_ratio(m))
        chart_change_words(buf, size, shift);
    else
        snprintf(buf, size, "%+.3g", shift);
}

/* "+4.2 %  (+1.1 to +7.5 %)": the unit once where it is the same. */
static void put_figures(char *buf, size_t size, const struct metric *m, const struct evidence *e)
{
    char shift[40], lo[40], hi[40];
    put_change(shift, sizeof shift, m, e->shift);
    put_change(lo, sizeof lo, m, e->lo);
    put_change(hi, sizeof hi, m, e->hi);
    char *unit = strstr(lo, " %");
    if (unit && strstr(hi, " %"))
        *unit = '\0';
    if (isnan(e->lo) || isnan(e->hi))
        snprintf(buf, size, "%s", shift);
    else
        snprintf(buf, size, "%s  (%s to %s)", shift, lo, hi);
}

static void put_text(FILE *out, size_t id, const char *text, double screen_x, size_t row,
                     const char *align)
{
    fprintf(out, "set label %zu ", id);
    gnuplot_quote(out, text);
    fprintf(out, " at screen %.3f, first %zu %s font ',9.5' textcolor rgb '#303030' noenhanced\n",
            screen_x, row, align);
}

static const char *verdict_of(const struct compare_result *r)
{
    bool judged = r->change != CHANGE_INCONCLUSIVE || r->method != COMPARE_NONE;
    return judged ? verdict_name(r->change) : "not judged";
}

static void put_words(FILE *out, const struct comparison *c, size_t metric, size_t row)
{
    char name[80], figures[140];
    const struct metric *m = &c->metrics[metric];
    const struct compare_result *r = &c->results[metric];
    snprintf(name, sizeof name, "%.40s %s", m->name,
             m->bad == BAD_UP ? "\342\206\223" : "\342\206\221"); /* arrows down, up */
    put_figures(figures, sizeof figures, m, &r->evidence);
    put_text(out, 2000 + 3 * row, name, 0.268, row, "right");
    put_text(out, 2001 + 3 * row, figures, 0.665, row, "left");
    put_text(out, 2002 + 3 * row, verdict_of(r), 0.895, row, "left");
}

int chart_forest_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct comparison *c = in->comparison;
    size_t *order = malloc((c->metric_count + 1) * sizeof *order), row = 0;
    if (!c->compared || in->count == 0 || !order) {
        free(order);
        *why = !c->compared ? "the runs were not compared" : "no metric is on both sides";
        return 1;
    }
    struct chart_change_axis axis = axis_of(c);
    chart_put_change_axis(out, &axis, 'x');
    words_order(c, order);
    for (size_t i = 0; i < c->metric_count; i++)
        if (is_drawn(c, order[i]))
            put_words(out, c, order[i], row++);
    fputs("$forest << EOD\n", out);
    row = 0;
    for (size_t i = 0; i < c->metric_count; i++)
        if (is_drawn(c, order[i]))
            put_row(out, c, order[i], row++, &axis);
    fprintf(out, "EOD\nROWS = %zu\n", row);
    free(order);
    return 0;
}
