/* SPDX-License-Identifier: BSD-3-Clause */
/* The schedule alone: schedule_take of one worker at a million starts a second over all workers. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/units.h"
#include "load/schedule.h"

#define CHUNKS 1000u
#define CHUNK  2000u /* takes: many slots of poisson, and too short to be interrupted often */
#define TAKES  (CHUNKS * CHUNK)

static const uint32_t workers[] = {1, 2, 8};
#define WORKERS (sizeof workers / sizeof *workers)

static struct load_spec spec_of(const struct load_shape *shape, const uint64_t *times)
{
    return (struct load_spec){
        .shape = shape,
        .rate_per_s = 1e6,
        .duration_ns = 3600 * NS_PER_S,
        .seed = 1,
        .params = {.burst = {10, 5 * NS_PER_S, 15 * NS_PER_S},
                   .ramp = {0, 1, 0, 30 * NS_PER_S},
                   .sine = {0.8, 30 * NS_PER_S},
                   .walk = {0.2, 0.01, 2},
                   .replay = {times, TAKES * 8ull, 1}},
    };
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The median chunk: not what the machine did meanwhile. */
static double cycles_a_take(const struct load_spec *spec)
{
    struct schedule s;
    uint64_t sum = 0, chunks[CHUNKS];
    schedule_init(&s, spec, 0);
    for (uint32_t k = 0; k < CHUNKS; k++) {
        uint64_t begin = clock_tsc();
        for (uint32_t i = 0; i < CHUNK; i++)
            sum += schedule_take(&s);
        chunks[k] = clock_tsc() - begin;
    }
    __asm__ volatile("" ::"r"(sum));
    qsort(chunks, CHUNKS, sizeof *chunks, by_value);
    return (double)chunks[CHUNKS / 2] / CHUNK;
}

/* The most that a shape took with one, two or eight workers. */
static double shape_cycles(const struct load_shape_kind *kind, const uint64_t *times)
{
    double most = 0;
    struct load_spec spec = spec_of(kind->shape, times);
    fprintf(stderr, "  %-9s", kind->name);
    for (unsigned i = 0; i < WORKERS; i++) {
        spec.workers = workers[i];
        spec.worker = workers[i] - 1;
        double cycles = cycles_a_take(&spec);
        fprintf(stderr, " %6.2f", cycles);
        most = cycles > most ? cycles : most;
    }
    fprintf(stderr, "\n");
    return most;
}

static int rounds_of(double *values, int rounds, const struct load_shape *only)
{
    uint64_t *times = calloc(TAKES * 8ull, sizeof *times);
    if (!times || clock_tsc() == clock_tsc())
        rounds = 0;
    for (uint64_t i = 0; times && i < TAKES * 8ull; i++)
        times[i] = i * 1000;
    for (int n = 0; n < rounds; n++) {
        fprintf(stderr, "  round %d: cycles a start with 1, 2, 8 workers\n", n + 1);
        values[n] = 0;
        for (uint32_t i = 0; i < load_shape_count; i++) {
            const struct load_shape_kind *kind = &load_shapes[i];
            if (kind->shape->no_rate || kind->shape->closed_loop || (only && kind->shape != only))
                continue;
            double cycles = shape_cycles(kind, times);
            values[n] = cycles > values[n] ? cycles : values[n];
        }
    }
    free(times);
    return rounds;
}

static int schedule_cycles_max(double *values)
{
    return rounds_of(values, bench_rounds(5), NULL);
}

static int schedule_cycles_constant(double *values)
{
    return rounds_of(values, bench_rounds(5), load_shape_find("constant")->shape);
}

const struct bench schedule_benches[] = {
    {"schedule_cycles_max", "cycles", "a start, the schedule alone, the slowest shape",
     schedule_cycles_max},
    {"schedule_cycles_constant", "cycles", "the same, constant", schedule_cycles_constant},
    {0},
};
