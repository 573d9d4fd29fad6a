/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calibration: three moments A, B, C, each the tightest of many pairs (TSC, CLOCK_MONOTONIC). The
 * slope comes from A and B; C, which it has not seen, measures its error.
 */
#include "base/clock.h"

#include <string.h>

#include <errno.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/units.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define PAIRS       300
#define FIRST_NS    (40 * NS_PER_MS) /* A to B */
#define SECOND_NS   (20 * NS_PER_MS) /* B to C */
#define TRUSTED_PPM 100.0            /* AUTO does not take a TSC that is further off */

struct moment {
    uint64_t tsc, ns, width; /* width: ticks between the reads around the kernel's clock */
};

static bool tsc_is_invariant(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8)); /* APM: TscInvariant */
#else
    return false;
#endif
}

/* rdtsc that neither passes nor is passed by the read of the kernel's clock. */
static uint64_t fenced_tsc(void)
{
#if defined(__x86_64__)
    __builtin_ia32_lfence();
    uint64_t tsc = clock_tsc();
    __builtin_ia32_lfence();
    return tsc;
#else
    return 0;
#endif
}

static struct moment take_moment(void)
{
    struct moment best = {.width = UINT64_MAX};
    for (int i = 0; i < PAIRS; i++) {
        uint64_t before = fenced_tsc(), ns = clock_kernel_ns(), width = fenced_tsc() - before;
        if (width < best.width)
            best = (struct moment){before + width / 2, ns, width};
    }
    return best;
}

static void sleep_ns(uint64_t ns)
{
    struct timespec left = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        ;
}

static void set_slope(struct clock *c, const struct moment *a, const struct moment *b)
{
    uint64_t ticks = b->tsc - a->tsc, ns = b->ns - a->ns;
    c->tsc_base = a->tsc;
    c->ns_base = a->ns;
    c->mult = (uint64_t)((((unsigned __int128)ns << 32) + ticks / 2) / ticks);
    c->tsc_hz = (double)ticks * 1e9 / (double)ns;
}

/* What was missed at C, and what the width of the pairs could hide, over the time from A to C. */
static void measure_error(struct clock *c, const struct moment *a, const struct moment *at)
{
    uint64_t told = clock_ns_from_tsc(c, at->tsc);
    double missed = told > at->ns ? (double)(told - at->ns) : (double)(at->ns - told);
    double hidden_ns = (double)(a->width + at->width) / 2 * 1e9 / c->tsc_hz;
    c->error_ppm = (missed + hidden_ns) * 1e6 / (double)(at->ns - a->ns);
    c->error_ns = 1 + (uint64_t)(hidden_ns + c->error_ppm * (double)NS_PER_S / 1e6);
}

static void calibrate(struct clock *c)
{
    struct moment first = take_moment();
    sleep_ns(FIRST_NS);
    struct moment second = take_moment();
    sleep_ns(SECOND_NS);
    struct moment third = take_moment();
    c->source = CLOCK_SOURCE_TSC;
    set_slope(c, &first, &second);
    measure_error(c, &first, &third);
}

static void take_kernel(struct clock *c)
{
    struct timespec quantum;
    clock_getres(CLOCK_MONOTONIC, &quantum);
    *c = (struct clock){.source = CLOCK_SOURCE_KERNEL, .error_ns = (uint64_t)quantum.tv_nsec};
}

int clock_init(struct clock *c, enum clock_source want, struct err *e)
{
    *c = (struct clock){0};
    if (want == CLOCK_SOURCE_TSC && !tsc_is_invariant())
        return err_set(e, EXIT_ENVIRONMENT, -ENOTSUP,
                       "clock = tsc: this CPU's TSC is not invariant (CPUID 80000007h, EDX bit 8): "
                       "use clock = kernel or clock = auto");
    if (want != CLOCK_SOURCE_KERNEL && tsc_is_invariant())
        calibrate(c);
    if (c->source == CLOCK_SOURCE_TSC && (want == CLOCK_SOURCE_TSC || c->error_ppm < TRUSTED_PPM))
        return 0;
    take_kernel(c);
    return 0;
}

const char *clock_source_name(const struct clock *c)
{
    return c->source == CLOCK_SOURCE_TSC ? "tsc" : "clock_gettime";
}

enum clock_source clock_source_parse(const char *text)
{
    if (!strcmp(text, "tsc"))
        return CLOCK_SOURCE_TSC;
    return strcmp(text, "kernel") ? CLOCK_SOURCE_AUTO : CLOCK_SOURCE_KERNEL;
}
