/* SPDX-License-Identifier: BSD-3-Clause */
/* The posterior is integrated over cells of ln(rate): even ones over the range, fine ones around
 * each trial, where alone the chance may turn sharply. */
#include "suite/boundary.h"

#include <math.h>
#include <stdlib.h>

#define TRIALS  512 /* at most */
#define EVEN    128 /* cells over the range */
#define LAPSE   0.005
#define OUTSIDE 0.1 /* chance at first, on each side of the range */
#define SMALL   1e-200

static const double widths[] = {0.002, 0.01, 0.04, 0.15};
static const double around[] = {-0.12, -0.04, -0.016, -0.006, -0.002, 0,
                                0.002, 0.006, 0.016,  0.04,   0.12};
#define WIDTHS (sizeof widths / sizeof *widths)
#define AROUND (sizeof around / sizeof *around)
#define EDGES  (EVEN + 1 + TRIALS * AROUND)

struct cells {
    uint32_t count;       /* of edges: one more than cells */
    double edge[EDGES];   /* ln(rate), rising */
    double chance[EDGES]; /* of the cell above the edge; sums to 1 */
};

struct range {
    double low, high; /* ln; it is searched from half of low to twice high */
};

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void cut(struct cells *c, const double *at, uint32_t n, const struct range *r)
{
    double from = r->low - M_LN2, to = r->high + M_LN2;
    for (uint32_t i = 0; i <= EVEN; i++)
        c->edge[c->count++] = from + (to - from) * i / EVEN;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < AROUND; k++) {
            double edge = at[i] + around[k];
            bool again = i && at[i] <= at[i - 1] && at[i] >= at[i - 1]; /* offered twice in a row */
            if (!again && edge > from && edge < to)
                c->edge[c->count++] = edge;
        }
    qsort(c->edge, c->count, sizeof *c->edge, rising);
}

/* Density at first, without its scale. */
static double prior(const struct range *r, double at)
{
    bool outside = at < r->low || at > r->high;
    return outside ? OUTSIDE / M_LN2 : (1 - 2 * OUTSIDE) / (r->high - r->low);
}

/* Its logarithm: the product is taken in pieces that a double holds. */
static double log_likelihood(const struct observation *o, const double *at, uint32_t n,
                             double boundary, double width)
{
    double product = 1, logs = 0;
    for (uint32_t i = 0; i < n; i++) {
        double z = (boundary - at[i]) / width;
        product *= LAPSE + (1 - 2 * LAPSE) / (1 + exp(o[i].held ? -z : z));
        if (product < SMALL) {
            logs += log(product);
            product = 1;
        }
    }
    return logs + log(product);
}

/* ln of the likelihood summed over the widths, which come in as equally likely. */
static double log_chance(const struct observation *o, const double *at, uint32_t n, double boundary)
{
    double logs[WIDTHS], most = -INFINITY, sum = 0;
    for (uint32_t w = 0; w < WIDTHS; w++) {
        logs[w] = log_likelihood(o, at, n, boundary, widths[w]);
        most = fmax(most, logs[w]);
    }
    for (uint32_t w = 0; w < WIDTHS; w++)
        sum += exp(logs[w] - most);
    return most + log(sum);
}

static void weigh(struct cells *c, const struct observation *o, const double *at, uint32_t n,
                  const struct range *r)
{
    double most = -INFINITY, sum = 0;
    for (uint32_t i = 0; i + 1 < c->count; i++) {
        c->chance[i] = log_chance(o, at, n, (c->edge[i] + c->edge[i + 1]) / 2);
        most = fmax(most, c->chance[i]);
    }
    for (uint32_t i = 0; i + 1 < c->count; i++) {
        double length = c->edge[i + 1] - c->edge[i];
        c->chance[i] = exp(c->chance[i] - most) * length *
                       prior(r, (c->edge[i] + c->edge[i + 1]) / 2);
        sum += c->chance[i];
    }
    for (uint32_t i = 0; i + 1 < c->count; i++)
        c->chance[i] /= sum;
}

/* Within a cell the chance is spread evenly. */
static double quantile(const struct cells *c, double share)
{
    double before = 0;
    for (uint32_t i = 0; i + 1 < c->count; i++) {
        double after = before + c->chance[i];
        if (after >= share && c->chance[i] > 0)
            return c->edge[i] + (share - before) / c->chance[i] * (c->edge[i + 1] - c->edge[i]);
        before = after;
    }
    return c->edge[c->count - 1];
}

double boundary_estimate(const struct observation *o, uint32_t n, double low, double high)
{
    struct range r = {log(low), log(high)};
    struct cells c = {.count = 0};
    double at[TRIALS];
    for (uint32_t i = 0; i < n; i++)
        at[i] = log(o[i].rate);
    cut(&c, at, n, &r);
    weigh(&c, o, at, n, &r);
    return exp(quantile(&c, 0.5));
}

/* --- bets ------------------------------------------------------------------------------------- */

#define RUIN 40.0 /* what at most one in 40 makes of 1 */

static bool on_side(const struct observation *o, bool on)
{
    return on ? o->stake > 0 : o->stake < 0;
}

/* The most that the bets on one side owned, of those that a boundary at `rate` would make lose. */
static double most_owned(const struct observation *o, uint32_t n, double rate, bool on)
{
    double owned = 1, most = 1;
    for (uint32_t i = 0; i < n; i++) {
        if (!on_side(&o[i], on) || (on ? o[i].rate < rate : o[i].rate > rate))
            continue;
        owned *= o[i].held ? 1 + o[i].stake : 1 - o[i].stake;
        most = fmax(most, owned);
    }
    return most;
}

/* The next rate of a bet behind `from`, upwards or downwards; NAN: none. */
static double next_bet(const struct observation *o, uint32_t n, double from, bool on)
{
    double next = NAN;
    for (uint32_t i = 0; i < n; i++)
        if (on_side(&o[i], on) && (on ? o[i].rate > from : o[i].rate < from) &&
            (isnan(next) || (on ? o[i].rate < next : o[i].rate > next)))
            next = o[i].rate;
    return next;
}

/* From the end of the range inwards, as long as every boundary on the way is ruled out. */
static double bound(const struct observation *o, uint32_t n, bool on)
{
    double reached = NAN, at = on ? 0 : INFINITY;
    while (!isnan(at = next_bet(o, n, at, on)) && most_owned(o, n, at, on) >= RUIN)
        reached = at;
    return reached;
}

void boundary_interval(const struct observation *o, uint32_t n, struct boundary_interval *out)
{
    out->low = bound(o, n, true);
    out->high = bound(o, n, false);
}
