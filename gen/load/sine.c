/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * r (1 + depth sin(2 pi t / period)), depth at most 1 and so never below 0.
 *
 * A period is cut into pieces, each with the straight line that has the sine's slope and exactly
 * its integral. With h the piece's share of the period P, the integral is then off by at most 0.016
 * / 2 * (2 pi)^2 depth h^3 r P inside a piece, and by nothing at its ends: 0.32 depth h^3 P of time
 * at the mean rate. As many pieces as make that 0.3 ns; 1 ns where the rate is a third of the mean,
 * and the more the nearer it comes to 0. (In the trough of depth 1 a line may begin or end a little
 * below 0: the integral still reaches each arrival once on its way up.)
 */
#include <math.h>

#include "base/units.h"
#include "load/curve.h"

#define PIECES_MIN 8
#define CUBE       1e9 /* pieces^3 a second of period: 0.32 / 1e9 s */

struct wave {
    double depth, period_s, all; /* arrivals in a period */
    uint32_t pieces;             /* a power of two */
};

static struct wave wave_of(const struct load_spec *spec)
{
    double depth = spec->params.sine.depth;
    double period_s = (double)spec->params.sine.period_ns / NS_PER_S;
    uint32_t pieces = PIECES_MIN;
    while ((double)pieces * pieces * pieces < CUBE * depth * period_s)
        pieces *= 2;
    return (struct wave){depth, period_s, spec->rate_per_s * period_s, pieces};
}

/* The integral over the first `share` of a period: 1 - cos(2a) = 2 sin(a)^2. */
static double sum_at(const struct wave *w, double share)
{
    double half = sin(M_PI * share);
    return w->all * (share + w->depth / M_PI * half * half);
}

static double sum_before(const struct wave *w, uint32_t piece)
{
    return piece == w->pieces ? w->all : sum_at(w, (double)piece / w->pieces);
}

static double slope_of(const struct wave *w, uint32_t piece)
{
    double from = sin(2 * M_PI * piece / w->pieces), to = sin(2 * M_PI * (piece + 1) / w->pieces);
    double r = w->all / w->period_s;
    return r * w->depth * (to - from) * w->pieces / w->period_s;
}

/* The next piece in a fast run; else by halves. */
static uint32_t piece_of(const struct wave *w, double rest, uint32_t likely)
{
    if (likely < w->pieces && sum_before(w, likely) <= rest && rest < sum_before(w, likely + 1))
        return likely;
    uint32_t low = 0, high = w->pieces;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (sum_before(w, middle) <= rest)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void sine_find(const struct load_spec *spec, double index, struct piece *p)
{
    struct wave w = wave_of(spec);
    double k = floor(index / w.all);
    uint32_t likely = (uint32_t)(p->number + 1) & (w.pieces - 1);
    uint32_t j = piece_of(&w, index - k * w.all, likely);
    double length_ns = w.period_s * NS_PER_S / w.pieces, length_s = length_ns / NS_PER_S;
    p->number = j;
    p->first = k * w.all + sum_before(&w, j);
    p->end = j + 1 == w.pieces ? (k + 1) * w.all : k * w.all + sum_before(&w, j + 1);
    p->start_ns = (k * w.pieces + j) * length_ns;
    p->length_ns = length_ns;
    p->growth_per_s2 = slope_of(&w, j);
    p->rate_per_s = (p->end - p->first) / length_s - p->growth_per_s2 * length_s / 2;
}

static double sine_sum(const struct load_spec *spec, uint64_t end_ns)
{
    struct wave w = wave_of(spec);
    uint64_t period_ns = spec->params.sine.period_ns;
    return (double)(end_ns / period_ns) * w.all +
           sum_at(&w, (double)(end_ns % period_ns) / (double)period_ns);
}

static double sine_peak(const struct load_spec *spec)
{
    return spec->rate_per_s * (1 + spec->params.sine.depth);
}

const struct load_shape sine_shape = {
    .first = curve_first,
    .next = curve_next,
    .count = curve_count,
    .sum = sine_sum,
    .peak = sine_peak,
    .find = sine_find,
};
