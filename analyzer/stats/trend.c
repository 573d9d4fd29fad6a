/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/trend_energy.h"
#include "base/trend_series.h"
#include "analyzer/stats/trend_shape.h"

#define GUARD 50 /* runs before the end of a window whose points the next window judges */

/* The history in work. points[] holds the places found so far, in order. */
struct work {
    const double *values;
    size_t count;
    struct energy_params energy;
    double margin;
    struct trend_point *points;
    size_t found;
    double *scratch; /* two times count */
};

const char *trend_state_name(enum trend_state state)
{
    static const char *const names[] = {
#define X(ID, name, text) [TREND_##ID] = #name,
        TREND_STATE_LIST(X)
#undef X
    };
    return names[state];
}

const char *trend_state_text(enum trend_state state)
{
    static const char *const texts[] = {
#define X(ID, name, text) [TREND_##ID] = text,
        TREND_STATE_LIST(X)
#undef X
    };
    return texts[state];
}

/* The test of [from, to); the history's last run is its newest. */
static struct energy_test test_runs(const struct work *w, size_t from, size_t to)
{
    struct energy_params energy = w->energy;
    energy.newest = to == w->count;
    return energy_test(w->values + from, to - from, &energy);
}

/* Binary segmentation of [from, to): the left part's points, the split, the right part's. */
static void divide(struct work *w, size_t from, size_t to)
{
    struct energy_test test = test_runs(w, from, to);
    if (!energy_tells(&test, &w->energy))
        return;
    divide(w, from, from + test.at);
    w->points[w->found++] = (struct trend_point){.index = from + test.at, .p = test.p};
    divide(w, from + test.at, to);
}

/* Window after window. Points near the end of a window are left to the next one, which sees both
 * of their sides. */
static void divide_all(struct work *w)
{
    size_t from = 0;
    while (w->count - from > ENERGY_MAX) {
        size_t before = w->found, last = from + ENERGY_MAX - GUARD;
        divide(w, from, from + ENERGY_MAX);
        while (w->found > before && w->points[w->found - 1].index > last)
            w->found--;
        from += ENERGY_MAX / 2;
        if (w->found > before && w->points[w->found - 1].index > from)
            from = w->points[w->found - 1].index;
    }
    divide(w, from, w->count);
}

static size_t start_of(const struct work *w, size_t segment)
{
    return segment == 0 ? 0 : w->points[segment - 1].index;
}

static size_t end_of(const struct work *w, size_t segment)
{
    return segment == w->found ? w->count : w->points[segment].index;
}

static void drop_point(struct work *w, size_t i)
{
    w->found--;
    memmove(w->points + i, w->points + i + 1, (w->found - i) * sizeof *w->points);
}

/* Tests point i again between its neighbours, at most half a window each way, and moves it to the
 * best place there. False: it does not stand. */
static bool stands(struct work *w, size_t i)
{
    struct trend_point *point = &w->points[i];
    size_t from = start_of(w, i), to = end_of(w, i + 1), reach = ENERGY_MAX / 2;
    from = point->index - from > reach ? point->index - reach : from;
    to = to - point->index > reach ? point->index + reach : to;
    struct energy_test test = test_runs(w, from, to);
    point->p = test.p;
    bool told = energy_tells(&test, &w->energy);
    if (told)
        point->index = from + test.at;
    return told;
}

static void test_again(struct work *w)
{
    for (size_t i = 0; i < w->found;)
        if (stands(w, i))
            i++;
        else
            drop_point(w, i);
}

/* Medians on both sides and the shift between them. */
static void measure(struct work *w, size_t i)
{
    struct trend_point *point = &w->points[i];
    size_t from = start_of(w, i), to = end_of(w, i + 1);
    double *left = w->scratch, *right = w->scratch + (point->index - from);
    series_sort(w->values + from, point->index - from, left);
    series_sort(w->values + point->index, to - point->index, right);
    point->before = series_median(left, point->index - from);
    point->after = series_median(right, to - point->index);
    point->shift = series_shift(left, point->index - from, right, to - point->index);
}

/* Takes the smallest shift away as long as it is below the margin; its neighbours then border on
 * longer segments. */
static void keep_relevant(struct work *w)
{
    for (size_t i = 0; i < w->found; i++)
        measure(w, i);
    while (w->found) {
        size_t least = 0;
        for (size_t i = 1; i < w->found; i++)
            if (fabs(w->points[i].shift) < fabs(w->points[least].shift))
                least = i;
        if (fabs(w->points[least].shift) >= w->margin)
            return;
        drop_point(w, least);
        if (least > 0)
            measure(w, least - 1);
        if (least < w->found)
            measure(w, least);
    }
}

static int place_all(struct work *w)
{
    for (size_t i = 0; i < w->found; i++) {
        struct trend_point *point = &w->points[i];
        size_t from = start_of(w, i), to = end_of(w, i + 1);
        int ret = trend_place(w->values + from, to - from, point->index - from, &point->place);
        if (ret)
            return ret;
        point->place.lo += from;
        point->place.hi += from;
    }
    return 0;
}

/* Whether steps are the right picture; sets state and period. */
static int judge_shape(const struct work *w, struct trend *out)
{
    size_t *starts = malloc((w->found + 1) * sizeof *starts);
    if (!starts)
        return -ENOMEM;
    for (size_t i = 0; i <= w->found; i++)
        starts[i] = start_of(w, i);
    const struct trend_steps steps = {starts, w->found + 1};
    int ramp = trend_is_ramp(w->values, w->count, &steps);
    int ret = ramp < 0 ? ramp : trend_season(w->values, w->count, &steps, &out->period);
    free(starts);
    if (ret)
        return ret;
    out->state = out->period > 0 ? TREND_SEASONAL : ramp ? TREND_TRENDING : TREND_SEGMENTED;
    return 0;
}

static int segment(struct work *w, struct trend *out)
{
    divide_all(w);
    test_again(w);
    int ret = judge_shape(w, out);
    if (ret)
        return ret;
    if (out->state != TREND_SEGMENTED)
        w->found = 0;
    keep_relevant(w);
    ret = place_all(w);
    out->count = w->found;
    size_t from = trend_last_segment(out);
    return ret ? ret : trend_drift(w->values + from, w->count - from, &out->drift);
}

static int check_input(const double *values, size_t count, const struct trend_params *params)
{
    if (!(params->alpha > 0 && params->alpha < 1) || !(params->margin >= 0) || !params->draws)
        return -EINVAL;
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return -EINVAL;
    return 0;
}

static bool all_equal(const double *values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (values[i] < values[0] || values[i] > values[0])
            return false;
    return true;
}

int trend_find(const double *values, size_t count, const struct trend_params *params,
               struct trend *out)
{
    *out = (struct trend){.state = TREND_TOO_SHORT};
    trend_drift(values, 0, &out->drift);
    int ret = check_input(values, count, params);
    if (ret || count < 2 * ENERGY_MIN_SIDE)
        return ret;
    out->state = TREND_CONSTANT;
    if (all_equal(values, count))
        return 0;
    struct work w = {.values = values,
                     .count = count,
                     .energy = {.alpha = params->alpha, .draws = params->draws, .decide = true},
                     .margin = params->margin};
    out->points = w.points = malloc((count / ENERGY_MIN_SIDE + ENERGY_MAX) * sizeof *w.points);
    w.scratch = malloc(2 * count * sizeof *w.scratch);
    ret = w.points && w.scratch ? segment(&w, out) : -ENOMEM;
    free(w.scratch);
    if (ret)
        trend_free(out);
    return ret;
}

void trend_free(struct trend *t)
{
    free(t->points);
    *t = (struct trend){.state = TREND_TOO_SHORT};
}

size_t trend_last_segment(const struct trend *t)
{
    return t->count ? t->points[t->count - 1].index : 0;
}
