/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shapes whose rate is a chain of pieces, in each of which it moves along a straight line. Arrival
 * i lies where the integral of the rate reaches i: inside a piece the root of a quadratic, found
 * from i itself, so that nothing adds up over a long run. A shape tells its pieces by `find`, and
 * the integral by `sum`; the rest is here.
 *
 * Doubles carry it: an integral below 2^53 and times below 2^53 ns (104 days), each to 1 ns or to
 * 2^-52 of the time since the start, whichever is more.
 */
#ifndef LOAD_CURVE_H
#define LOAD_CURVE_H

#include "load/shapes.h"

struct piece {
    double first, end; /* arrivals of the whole run before its start, and before its end */
    double start_ns, length_ns;
    double rate_per_s;    /* at its start */
    double growth_per_s2; /* of the rate, a second */
    uint64_t number;
};
_Static_assert(sizeof(struct piece) <= SCHEDULE_OWN, "one lies in the other");

/*
 * load_shape.find puts the piece with first <= index < end into `p`, which holds an earlier one, or
 * nothing (end = 0). The last one has end = INFINITY.
 */
uint64_t curve_first(struct schedule *s);
uint64_t curve_next(struct schedule *s, uint64_t offset_ns);
uint64_t curve_count(const struct load_spec *spec, uint64_t end_ns);

#endif
