/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/schedule.h"

#include <assert.h>

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
