/* SPDX-License-Identifier: BSD-3-Clause */
/* The worker's side of the sample ring: how much is kept, and the marks that say so. */
#include "rec/sample.h"

#include "base/units.h"

#define HALVED_MAX 31u
#define RECOVER_NS (100 * NS_PER_MS) /* the share doubles no more often than this */

static uint32_t room(struct rec_samples *s)
{
    return ring_space(&s->ring, s->ring.size) - s->filled;
}

/* Marks come before samples: what follows them is what they say. */
static void put_mark(struct rec_samples *s)
{
    if (!room(s))
        return;
    *rec_samples_next(s) = (struct rec_record){
        .word = {s->mark_ns, s->phase, s->keep, (uint64_t)REC_MARK << 56}};
    s->mark_due = false;
    s->left -= s->left > 0;
}

static void change(struct rec_samples *s, uint64_t now_ns)
{
    s->keep = s->stopped ? 0 : s->most >> s->halved;
    s->changed_ns = now_ns;
    if (!s->mark_due)
        s->mark_ns = now_ns;
    s->mark_due = true;
    put_mark(s);
    if (!s->mark_due)
        return;
    s->stopped = true; /* not even a mark fits: nothing until it does, and it will say so */
    s->keep = 0;
}

bool rec_samples_room(struct rec_samples *s, uint64_t now_ns)
{
    uint32_t free = room(s);
    s->left = free > REC_SAMPLE_RESERVE ? free - REC_SAMPLE_RESERVE : 0;
    if (s->left)
        return true;
    s->stopped = true;
    change(s, now_ns);
    return false;
}

/* The marks of the free part: a half, a quarter, an eighth, ... */
static void settle_share(struct rec_samples *s, uint32_t used, uint64_t now_ns)
{
    uint32_t size = s->ring.size, free = size - used;
    if (!s->stopped && s->halved < HALVED_MAX && free < size >> (1 + s->halved)) {
        s->halved++;
        change(s, now_ns);
    } else if ((s->stopped || s->halved) && used < size / 8 &&
               now_ns - s->changed_ns > RECOVER_NS) {
        s->halved -= !s->stopped;
        s->stopped = false;
        change(s, now_ns);
    }
}

void rec_samples_tick(struct rec_samples *s, uint64_t now_ns)
{
    if (s->filled) {
        ring_produce(&s->ring, s->filled);
        s->filled = 0;
    }
    if (s->mark_due)
        put_mark(s);
    settle_share(s, ring_used(&s->ring), now_ns);
}

void rec_samples_phase(struct rec_samples *s, uint32_t phase, uint64_t now_ns)
{
    s->phase = phase;
    change(s, now_ns);
}
