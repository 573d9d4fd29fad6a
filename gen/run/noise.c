/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/noise.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/ring.h"
#include "run/reflect.h"

enum { TRIPS_A_LOOK = 64, SLOTS = 64 };

uint32_t noise_cpus(int cpus[NOISE_CPUS_MAX])
{
    cpu_set_t set;
    uint32_t n = 0;
    if (sched_getaffinity(0, sizeof set, &set))
        return 0;
    for (int i = 0; i < CPU_SETSIZE && n < NOISE_CPUS_MAX; i++)
        if (CPU_ISSET(i, &set))
            cpus[n++] = i;
    return n;
}

static int start(pthread_t *thread, void *(*fn)(void *), void *arg, struct err *e)
{
    int ret = -pthread_create(thread, NULL, fn, arg);
    return ret ? err_set(e, EXIT_ENVIRONMENT, ret, "noise: thread: %s", strerror(-ret)) : 0;
}

/* --- stolen time ------------------------------------------------------------------------------ */

struct spinner {
    const struct clock *clock;
    uint64_t ns;
    struct stolen *out;
    pthread_t thread;
    struct err e;
};

/* The longest step so far counts for every slice that is over; one that is longer than a slice
 * counts for all that it covers. Returns the end of the slice that goes on. */
static uint64_t end_slices(struct stolen *o, uint64_t slice_end, uint64_t now, uint64_t longest)
{
    for (; slice_end <= now; slice_end += NOISE_SLICE_NS)
        hist_record(&o->longest, longest);
    return slice_end;
}

static void *spin(void *arg)
{
    struct spinner *s = arg;
    struct stolen *o = s->out;
    if (reflect_pin(o->cpu, &s->e))
        return NULL;
    uint64_t begin = clock_now_ns(s->clock), last = begin, steps = 0, long_gaps = 0;
    uint64_t slice_end = begin + NOISE_SLICE_NS, longest = 0;
    do {
        uint64_t now = clock_now_ns(s->clock), gap = now - last;
        if (gap >= NOISE_GAP_NS)
            hist_record(&o->gaps, gap);
        long_gaps += gap > NOISE_LONG_NS;
        longest = gap > longest ? gap : longest;
        if (now >= slice_end) {
            slice_end = end_slices(o, slice_end, now, longest);
            longest = 0;
        }
        last = now;
        steps++;
    } while (last - begin < s->ns);
    o->took_ns = last - begin;
    o->steps = steps;
    o->long_gaps = long_gaps;
    return NULL;
}

int noise_stolen(const struct clock *clock, uint64_t ns, struct stolen *out, uint32_t n,
                 struct err *e)
{
    struct spinner *s = calloc(n, sizeof *s);
    uint32_t started = 0;
    int ret = s ? 0 : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "noise: no memory");
    for (; !ret && started < n; started += !ret) {
        s[started] = (struct spinner){.clock = clock, .ns = ns, .out = &out[started]};
        hist_reset(&out[started].gaps);
        hist_reset(&out[started].longest);
        ret = start(&s[started].thread, spin, &s[started], e);
    }
    for (uint32_t i = 0; i < started; i++) {
        pthread_join(s[i].thread, NULL);
        if (s[i].e.exit_code)
            ret = err_set(e, (enum exit_code)s[i].e.exit_code, -EINVAL, "%s", s[i].e.message);
    }
    free(s);
    return ret;
}

/* --- hand-over -------------------------------------------------------------------------------- */

/* One direction of the ping-pong. */
struct lane {
    struct ring ring;
    alignas(64) uint64_t slot[SLOTS];
};

struct table {
    struct lane there, back;
    const struct clock *clock;
    const int *cpu;
    uint32_t batch;
    uint64_t round_ns;
    double one_way_ns[NOISE_ROUNDS];
    atomic_bool ready, stop; /* ready: the answering side is bound and listens */
    struct err e[2];
};

static inline void put(struct lane *l, uint32_t n, uint64_t value)
{
    for (uint32_t i = 0; i < n; i++)
        l->slot[ring_slot(&l->ring, l->ring.prod.at + i)] = value + i;
    ring_produce(&l->ring, n);
}

/* Takes a whole batch or nothing; the sum keeps the reads. */
static inline bool take(struct lane *l, uint32_t n, uint64_t *sum)
{
    if (ring_ready(&l->ring, n) < n)
        return false;
    for (uint32_t i = 0; i < n; i++)
        *sum += l->slot[ring_slot(&l->ring, l->ring.cons.at + i)];
    ring_consume(&l->ring, n);
    return true;
}

static void *answer(void *arg)
{
    struct table *t = arg;
    uint64_t sum = 0;
    reflect_pin(t->cpu[1], &t->e[1]);
    atomic_store(&t->ready, true);
    while (!atomic_load_explicit(&t->stop, memory_order_relaxed))
        if (take(&t->there, t->batch, &sum))
            put(&t->back, t->batch, sum);
    return NULL;
}

static double play_round(struct table *t)
{
    uint64_t begin = clock_now_ns(t->clock), took, trips = 0, sum = 0;
    do {
        for (int i = 0; i < TRIPS_A_LOOK; i++) {
            put(&t->there, t->batch, sum);
            while (!take(&t->back, t->batch, &sum))
                ;
        }
        trips += TRIPS_A_LOOK;
        took = clock_now_ns(t->clock) - begin;
    } while (took < t->round_ns);
    return (double)took / (double)trips / 2;
}

static void *ask(void *arg)
{
    struct table *t = arg;
    reflect_pin(t->cpu[0], &t->e[0]);
    while (!atomic_load(&t->ready))
        sched_yield();
    for (int i = 0; i < NOISE_ROUNDS; i++)
        t->one_way_ns[i] = play_round(t);
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int play(struct table *t, struct err *e)
{
    pthread_t asker, answerer;
    int ret = start(&answerer, answer, t, e);
    if (ret)
        return ret;
    ret = start(&asker, ask, t, e);
    if (!ret)
        pthread_join(asker, NULL);
    atomic_store(&t->stop, true);
    pthread_join(answerer, NULL);
    for (int i = 0; i < 2; i++)
        if (t->e[i].exit_code)
            ret = err_set(e, (enum exit_code)t->e[i].exit_code, -EINVAL, "%s", t->e[i].message);
    return ret;
}

int noise_handover(const struct clock *clock, const int cpu[2], uint32_t batch, uint64_t ns,
                   struct handover *out, struct err *e)
{
    struct table t = {.clock = clock, .cpu = cpu, .batch = batch, .round_ns = ns / NOISE_ROUNDS};
    ring_init(&t.there.ring, SLOTS);
    ring_init(&t.back.ring, SLOTS);
    int ret = play(&t, e);
    qsort(t.one_way_ns, NOISE_ROUNDS, sizeof *t.one_way_ns, by_value);
    *out = (struct handover){.median_ns = t.one_way_ns[NOISE_ROUNDS / 2],
                             .fastest_ns = t.one_way_ns[0]};
    return ret;
}
