/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench/micro.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "bench/bench.h"

#define CHUNKS_MAX 1000u

void *micro_memory(size_t bytes, const char *what)
{
    struct err e = {0};
    void *block = mem_reserve(bytes, what, &e);
    if (!block)
        fprintf(stderr, "bench: %s\n", e.message);
    return block;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t cycles_of(const struct micro *m, void *state)
{
    if (m->prepare)
        m->prepare(state);
    uint64_t from = clock_tsc();
    m->chunk(state, m->ops);
    return clock_tsc() - from;
}

/* Cycles an operation in the median chunk. */
static double round_of(const struct micro *m, void *state)
{
    uint64_t chunks[CHUNKS_MAX];
    uint32_t n = m->chunks < CHUNKS_MAX ? m->chunks : CHUNKS_MAX;
    cycles_of(m, state);
    for (uint32_t i = 0; i < n; i++)
        chunks[i] = cycles_of(m, state);
    qsort(chunks, n, sizeof *chunks, by_value);
    return (double)chunks[n / 2] / m->ops;
}

/* 0: there is none that counts time. */
static double tsc_hz(void)
{
    struct clock clock;
    struct err e = {0};
    if (clock_init(&clock, CLOCK_SOURCE_TSC, &e) == 0)
        return clock.tsc_hz;
    fprintf(stderr, "bench: %s\n", e.message);
    return 0;
}

int micro_rounds(const struct micro *m, double *values)
{
    double hz = tsc_hz();
    void *state = hz > 0 ? micro_memory(m->bytes, "its state") : NULL;
    if (!state)
        return 0;
    int n = m->open(state, m->size) ? bench_rounds(5) : 0;
    for (int i = 0; i < n; i++) {
        values[i] = round_of(m, state);
        fprintf(stderr, "  round %d: %.2f cycles, %.2f ns\n", i + 1, values[i],
                values[i] / hz * 1e9);
    }
    if (m->close)
        m->close(state);
    mem_release(state, m->bytes);
    return n;
}
