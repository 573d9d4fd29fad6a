/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/schedule.h"

#include <assert.h>
#include <string.h>

#include "base/units.h"

/* Places the next arrival `offset_ns` after the start, unless that is beyond the duration. */
static void place_next(struct schedule *s, uint64_t offset_ns)
{
    s->next_ns = offset_ns < s->spec.duration_ns ? s->start_ns + offset_ns : UINT64_MAX;
}

static void begin_part(struct schedule *s, const struct load_spec *spec, uint64_t start_ns)
{
    assert(spec->workers && spec->worker < spec->workers);
    s->spec = *spec;
    s->start_ns = s->next_ns = start_ns;
    s->index = spec->worker;
    memset(s->own, 0, sizeof s->own);
    if (!spec->shape->closed_loop)
        place_next(s, spec->shape->first(s));
}

/* The next part begins when the one before has nothing left. */
static void begin_parts(struct schedule *s)
{
    while (s->next_ns == UINT64_MAX && s->parts_count) {
        struct schedule_part part = s->parts[0];
        s->parts_count--;
        memmove(&s->parts[0], &s->parts[1], s->parts_count * sizeof s->parts[0]);
        begin_part(s, &part.spec, part.start_ns);
    }
}

void schedule_init(struct schedule *s, const struct load_spec *spec, uint64_t start_ns)
{
    s->parts_count = 0;
    begin_part(s, spec, start_ns);
}

uint64_t schedule_take(struct schedule *s)
{
    uint64_t taken = s->next_ns;
    if (taken == UINT64_MAX)
        return taken;
    s->index += s->spec.workers;
    if (!s->spec.shape->closed_loop)
        place_next(s, s->spec.shape->next(s, taken - s->start_ns));
    if (s->next_ns == UINT64_MAX)
        begin_parts(s);
    return taken;
}

static void shorten(struct load_spec *spec, uint64_t start_ns, uint64_t end_ns)
{
    uint64_t length_ns = end_ns > start_ns ? end_ns - start_ns : 0;
    if (length_ns < spec->duration_ns)
        spec->duration_ns = length_ns;
}

void schedule_end(struct schedule *s, uint64_t end_ns)
{
    while (s->parts_count && s->parts[s->parts_count - 1].start_ns >= end_ns)
        s->parts_count--;
    for (uint32_t i = 0; i < s->parts_count; i++)
        shorten(&s->parts[i].spec, s->parts[i].start_ns, end_ns);
    shorten(&s->spec, s->start_ns, end_ns);
    if (s->next_ns >= end_ns)
        s->next_ns = UINT64_MAX;
    begin_parts(s);
}

bool schedule_follow(struct schedule *s, const struct load_spec *spec, uint64_t start_ns)
{
    assert(!spec->shape->closed_loop && !s->spec.shape->closed_loop);
    if (s->parts_count == SCHEDULE_PARTS)
        return false;
    schedule_end(s, start_ns);
    s->parts[s->parts_count++] = (struct schedule_part){*spec, start_ns};
    begin_parts(s);
    return true;
}

uint64_t schedule_count(const struct load_spec *spec, uint64_t until_ns)
{
    if (spec->shape->closed_loop)
        return UINT64_MAX;
    return spec->shape->count(spec, until_ns < spec->duration_ns ? until_ns : spec->duration_ns);
}

/* Of a part that has not begun, as its turn has not come. */
static double due_of(const struct schedule_part *p, uint64_t now_ns)
{
    uint64_t to = now_ns > p->start_ns ? now_ns - p->start_ns : 0;
    return p->spec.shape->sum(&p->spec, to < p->spec.duration_ns ? to : p->spec.duration_ns);
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
    for (uint32_t i = 0; i < s->parts_count; i++)
        whole += due_of(&s->parts[i], now_ns);
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
