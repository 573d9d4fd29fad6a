/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RANK_REST     5      /* of what neither moved nor decides */
#define LARGEST_RATIO 9999.5 /* beyond it a ratio is told as a power */

static void put_ratio(char *buf, size_t size, const struct metric *m, double shift)
{
    if (m->scale == SCALE_PLAIN)
        snprintf(buf, size, "%+.3g", shift);
    else if (exp(shift) > LARGEST_RATIO)
        snprintf(buf, size, isinf(shift) ? "inf" : "%.1e", exp(shift));
    else
        snprintf(buf, size, "%.3f", exp(shift));
}

char *words_ratio(char buf[WORDS_BYTES], const struct metric *m, double shift)
{
    if (isnan(shift))
        snprintf(buf, WORDS_BYTES, "-");
    else
        put_ratio(buf, WORDS_BYTES, m, shift);
    return buf;
}

char *words_interval(char buf[WORDS_BYTES], const struct metric *m, const struct evidence *e)
{
    char lo[40], hi[40];
    snprintf(buf, WORDS_BYTES, "-");
    if (isnan(e->lo) || isnan(e->hi))
        return buf;
    put_ratio(lo, sizeof lo, m, e->lo);
    put_ratio(hi, sizeof hi, m, e->hi);
    snprintf(buf, WORDS_BYTES, "%s to %s", lo, hi);
    return buf;
}

char *words_margin(char buf[WORDS_BYTES], const struct metric *m)
{
    if (m->scale == SCALE_PLAIN)
        snprintf(buf, WORDS_BYTES, "%g", m->margin);
    else
        snprintf(buf, WORDS_BYTES, "%g %%", 100 * m->margin);
    return buf;
}

char *words_p(char buf[WORDS_BYTES], double p)
{
    if (isnan(p))
        snprintf(buf, WORDS_BYTES, "-");
    else if (p < 0.0001)
        snprintf(buf, WORDS_BYTES, "< 0.0001");
    else
        snprintf(buf, WORDS_BYTES, "%.*f", p < 0.1 ? 4 : 2, p);
    return buf;
}

char *words_time(char buf[WORDS_BYTES], double seconds)
{
    double left = rint(seconds);
    double hours = floor(left / 3600), minutes = floor(fmod(left, 3600) / 60);
    if (hours >= 1)
        snprintf(buf, WORDS_BYTES, "%.0f h %.0f min", hours, minutes);
    else if (minutes >= 1)
        snprintf(buf, WORDS_BYTES, "%.0f min %.0f s", minutes, fmod(left, 60));
    else
        snprintf(buf, WORDS_BYTES, "%.0f s", left);
    return buf;
}

char *words_needed(char buf[WORDS_BYTES], const struct comparison *c,
                   const struct compare_result *r)
{
    char time[WORDS_BYTES] = "";
    buf[0] = '\0';
    if (!isfinite(r->runs_needed))
        return buf;
    double needed = c->paired ? fmax(r->runs_needed, words_pairs_floor(c)) : r->runs_needed;
    double each = needed * c->run_s * (c->paired ? 2 : 1);
    if (isfinite(each))
        words_time(time, each);
    snprintf(buf, WORDS_BYTES, "%.0f %s%s%.40s%s", needed, c->paired ? "pairs" : "runs a side",
             *time ? " (" : "", time,
             !*time      ? ""
             : c->paired ? ")"
                         : " each)");
    return buf;
}

char *words_runs(char buf[WORDS_BYTES], const struct comparison *c)
{
    if (c->paired)
        snprintf(buf, WORDS_BYTES, "%zu pairs", c->a.values.count);
    else
        snprintf(buf, WORDS_BYTES, "%zu against %zu runs", c->b.values.count, c->a.values.count);
    return buf;
}

/* n pairs give 2^(1 - n) at the least. */
double words_pairs_floor(const struct comparison *c)
{
    return ceil(1 + log2(1 / c->alpha));
}

/* --- order ----------------------------------------------------------------------------- */

double words_weight(const struct comparison *c, size_t metric)
{
    double shift = fabs(c->results[metric].evidence.shift);
    return isnan(shift) ? 0 : shift / verdict_margin(&c->metrics[metric]);
}

static int rank(const struct comparison *c, size_t metric)
{
    bool shown = !(c->metrics[metric].use & METRIC_DECIDES);
    switch (c->results[metric].change) {
    case CHANGE_REGRESSION:
        return 0 + shown;
    case CHANGE_IMPROVEMENT:
        return 2 + shown;
    case CHANGE_INCONCLUSIVE:
    case CHANGE_SAME:
        break;
    }
    return shown ? RANK_REST : RANK_REST - 1;
}

static int by_rank(const void *a, const void *b, void *comparison)
{
    const struct comparison *c = comparison;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    if (rank(c, i) != rank(c, j))
        return rank(c, i) - rank(c, j);
    double x = words_weight(c, i), y = words_weight(c, j);
    if (rank(c, i) < RANK_REST - 1 && x != y)
        return x < y ? 1 : -1;
    return (i > j) - (i < j);
}

void words_order(const struct comparison *c, size_t *order)
{
    for (size_t i = 0; i < c->metric_count; i++)
        order[i] = i;
    struct comparison copy = *c;
    qsort_r(order, c->metric_count, sizeof *order, by_rank, &copy);
}

bool words_is_shown(const struct comparison *c, size_t metric)
{
    return rank(c, metric) < RANK_REST;
}
