/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite/knee.h"

#include <math.h>
#include <stddef.h>

#define POINTS_MAX 512
#define POINTS_MIN 3
#define APART_MIN  0.01 /* from the line, of the whole height */
#define RANGE_MIN  0.10 /* of the largest y: below it the curve is flat, and its bends are noise */

struct span {
    double lo, hi;
};

static struct span span_of(const struct knee_point *p, uint32_t n, size_t offset)
{
    struct span s = {INFINITY, -INFINITY};
    for (uint32_t i = 0; i < n; i++) {
        double v = *(const double *)(const void *)((const char *)&p[i] + offset);
        s.lo = fmin(s.lo, v);
        s.hi = fmax(s.hi, v);
    }
    return s;
}

/* Indexes by rising x; of equal ones in the order in which they came. */
static void sort_by_x(const struct knee_point *p, uint32_t n, uint32_t *order)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = i;
        for (; at && p[order[at - 1]].x > p[i].x; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

int32_t knee_find(const struct knee_point *p, uint32_t n, enum knee_shape shape, const char **why)
{
    uint32_t order[POINTS_MAX], best = 0;
    double apart[POINTS_MAX];
    struct span x = span_of(p, n, offsetof(struct knee_point, x));
    struct span y = span_of(p, n, offsetof(struct knee_point, y));
    *why = n < POINTS_MIN ? "no knee: fewer than three steps have figures"
           : n > POINTS_MAX ? "no knee: too many steps"
           : !(x.hi > x.lo) ? "no knee: all steps lie at one place"
           : !(y.hi - y.lo >= RANGE_MIN * fabs(y.hi))
               ? "no knee: the curve is flat over all steps"
               : NULL;
    if (*why)
        return -1;
    sort_by_x(p, n, order);
    for (uint32_t i = 0; i < n; i++) {
        double across = (p[order[i]].x - x.lo) / (x.hi - x.lo);
        double up = (p[order[i]].y - y.lo) / (y.hi - y.lo);
        apart[i] = shape == KNEE_LEVELLING ? up - across : across - up;
        if (apart[i] > apart[best])
            best = i;
    }
    /* The bend is told when the curve has come back to its line by a mean step, or more. */
    double least = apart[best] - 1.0 / (n - 1);
    for (uint32_t i = best + 1; i < n && apart[best] > APART_MIN; i++)
        if (apart[i] < least)
            return (int32_t)order[best];
    *why = "no knee: the curve does not bend before its last step";
    return -1;
}
