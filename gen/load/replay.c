/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arrival times that the caller hands in, as offsets from the start of the phase: read only, shared
 * by all workers, held until the phase is over. Divided by a scale: twice the rate is half the
 * time.
 */
#include "base/units.h"
#include "load/shapes.h"

static uint64_t time_of(const struct load_spec *spec, uint64_t index)
{
    uint64_t ns = spec->params.replay.times_ns[index];
    double scale = spec->params.replay.scale;
    return scale == 1 ? ns : (uint64_t)((double)ns / scale);
}

static uint64_t replay_next(struct schedule *s, uint64_t offset_ns)
{
    (void)offset_ns;
    return s->index < s->spec.params.replay.count ? time_of(&s->spec, s->index) : UINT64_MAX;
}

static uint64_t replay_first(struct schedule *s)
{
    return replay_next(s, 0);
}

/* How many come before `end_ns`, by halves. */
static uint64_t arrivals_before(const struct load_spec *spec, uint64_t end_ns)
{
    uint64_t low = 0, high = spec->params.replay.count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (time_of(spec, middle) < end_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint64_t replay_count(const struct load_spec *spec, uint64_t end_ns)
{
    return share_of(spec, arrivals_before(spec, end_ns));
}

static double replay_sum(const struct load_spec *spec, uint64_t end_ns)
{
    return (double)arrivals_before(spec, end_ns);
}

/* The most in any one second. */
static double replay_peak(const struct load_spec *spec)
{
    uint64_t most = 0;
    for (uint64_t first = 0, end = 0; end < spec->params.replay.count; end++) {
        while (time_of(spec, end) - time_of(spec, first) >= NS_PER_S)
            first++;
        if (end - first + 1 > most)
            most = end - first + 1;
    }
    return (double)most;
}

const struct load_shape replay_shape = {
    .given = true,
    .first = replay_first,
    .next = replay_next,
    .count = replay_count,
    .sum = replay_sum,
    .peak = replay_peak,
};
