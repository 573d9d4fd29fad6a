/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One operation of one layer, timed by the TSC: many of them make a chunk, the median chunk is the
 * round, so that what the machine did meanwhile falls out. Operations of a chunk do not wait for each
 * other: it is what each adds, not how long one takes.
 */
#ifndef BENCH_MICRO_H
#define BENCH_MICRO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct micro {
    size_t bytes;                  /* of its state, which is made of zeroes before and given back after */
    bool (*open)(void *state, uint32_t size); /* fills it; false: no memory, and it said so */
    void (*prepare)(void *state);  /* before each chunk, not timed; NULL: nothing to do */
    void (*chunk)(void *state, uint32_t ops);
    void (*close)(void *state);    /* gives back what open took, all or a part; NULL: nothing */
    uint32_t size;                 /* what the layer works on: bytes, connections, an IP version */
    uint32_t ops, chunks;          /* of a chunk, of a round; the first chunk warms up */
};

/* The `rounds` of a benchmark: TSC cycles an operation, each also told in nanoseconds. */
int micro_rounds(const struct micro *m, double *values);

/* As a benchmark has it. */
#define MICRO(name, ...)                                                                           \
    static int name(double *values)                                                                \
    {                                                                                              \
        return micro_rounds(&(struct micro){__VA_ARGS__}, values);                                 \
    }
#define MICRO_UNIT "TSC cycles"

/* The compiler may neither drop what made the value, nor take it from an earlier turn. */
#define MICRO_USE(value) __asm__ volatile("" ::"r"(value) : "memory")

/* Zeroed memory of the size; NULL: it said that there is none. */
void *micro_memory(size_t bytes, const char *what);

#endif
