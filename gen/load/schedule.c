/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/schedule.h"

#include <assert.h>

#include "base/units.h"

/* Places the next arrival `offset_ns` after the start, unless that is beyond the duration. */
static void place_next(struct schedule *s, uint64_t offset_ns)
{
    s->next_ns = offset_ns < s->spec.duration_ns ? s->start_ns + offset_ns : UINT64_MAX;
}

void schedule_init(struct schedule *s, const struct load_spec *spec, uint64_t start_ns)
{
    assert(spec->workers && spec->worker < spec->workers);
    *s = (struct schedule){.spec = *spec, .start_ns = start_ns, .index = spec->worker};
    s->next_ns = start_ns;
    if (!spec->shape->closed_loop)
        place_next(s, spec->shape->first(s));
}

uint64_t schedule_take(struct schedule *s)
{
    uint64_t taken = s->next_ns;
    if (taken == UINT64_MAX)
        return taken;
    s->index += s->spec.workers;
    if (!s->spec.shape->closed_loop)
        place_next(s, s->spec.shape->next(s, taken - s->start_ns));
    return taken;
}

void schedule_end(struct schedule *s, uint64_t end_ns)
{
    uint64_t length_ns = end_ns > s->start_ns ? end_ns - s->start_ns : 0;
    if (length_ns < s->spec.duration_ns)
        s->spec.duration_ns = length_ns;
    if (s->next_ns >= end_ns)
        s->next_ns = UINT64_MAX;
}

uint64_t schedule_count(const struct load_spec *spec, uint64_t until_ns)
{
    if (spec->shape->closed_loop)
        return UINT64_MAX;
    return spec->shape->count(spec, until_ns < spec->duration_ns ? until_ns : spec->duration_ns);
}

uint64_t schedule_due(const struct schedule *s, uint64_t now_ns)
{
    const struct load_shape *shape = s->spec.shape;
    if (now_ns < s->next_ns)
        return 0;
    uint64_t from = s->next_ns - s->start_ns, to = now_ns - s->start_ns;
    if (to > s->spec.duration_ns)
        to = s->spec.duration_ns;
    double whole =
        shape->ahead ? shape->ahead(s, to) : shape->sum(&s->spec, to) - shape->sum(&s->spec, from);
    return 1 + (whole > 0 ? (uint64_t)(whole / s->spec.workers) : 0);
}

double schedule_mean_per_s(const struct load_spec *spec)
{
    return spec->shape->sum(spec, spec->duration_ns) / ((double)spec->duration_ns / NS_PER_S);
}

double schedule_peak_per_s(const struct load_spec *spec)
{
    return spec->shape->peak(spec);
}
