/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nanoseconds of CLOCK_MONOTONIC, read through the invariant TSC where there is one.
 *
 * The TSC is calibrated against CLOCK_MONOTONIC at start (at least 20 ms apart, several pairs, the
 * tightest kept); error_ns bounds the difference to the kernel's clock at the end of a second. Only run/ reads
 * a clock; everything else is told the time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct err;

enum clock_source { CLOCK_SOURCE_AUTO, CLOCK_SOURCE_TSC, CLOCK_SOURCE_KERNEL };

struct clock {
    enum clock_source source; /* never AUTO after clock_init */
    uint64_t tsc_base, ns_base;
    uint64_t mult;            /* ns = ns_base + ((tsc - tsc_base) * mult >> 32) */
    double tsc_hz;            /* 0 with CLOCK_SOURCE_KERNEL */
    double error_ppm;         /* measured error of the calibration */
    uint64_t error_ns;        /* error of one reading: quantum plus calibration error over 1 s */
};

/* AUTO takes the TSC when it is invariant (constant_tsc and nonstop_tsc) and its calibration is
 * within 100 ppm, else the kernel's clock.
 * -ENOTSUP: the TSC was demanded and is not invariant. Takes about 60 ms with the TSC. */
int clock_init(struct clock *c, enum clock_source want, struct err *e);
/* "tsc" and "kernel"; anything else is AUTO. */
enum clock_source clock_source_parse(const char *text);
const char *clock_source_name(const struct clock *c); /* "tsc" | "clock_gettime" */

static inline uint64_t clock_tsc(void)
{
#if defined(__x86_64__)
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return ((uint64_t)hi << 32) | lo;
#else
    return 0;
#endif
}

static inline uint64_t clock_kernel_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static inline uint64_t clock_ns_from_tsc(const struct clock *c, uint64_t tsc)
{
    return c->ns_base + (uint64_t)(((unsigned __int128)(tsc - c->tsc_base) * c->mult) >> 32);
}

static inline uint64_t clock_now_ns(const struct clock *c)
{
    return c->source == CLOCK_SOURCE_TSC ? clock_ns_from_tsc(c, clock_tsc()) : clock_kernel_ns();
}

/* One reading, in the clock's own ticks (TSC ticks, or nanoseconds) and as a time: reading it takes
 * longer (20 to 140 cycles on virtual machines) than converting it. */
struct clock_reading {
    uint64_t ticks, ns;
};

static inline struct clock_reading clock_read(const struct clock *c)
{
    bool tsc = c->source == CLOCK_SOURCE_TSC;
    uint64_t ticks = tsc ? clock_tsc() : clock_kernel_ns();
    return (struct clock_reading){ticks, tsc ? clock_ns_from_tsc(c, ticks) : ticks};
}

#endif
