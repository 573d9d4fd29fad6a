/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/control.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/units.h"
#include "run/noise.h"

#define WAKE_LIMIT_NS  (130 * NS_PER_MS)
#define COPY_LIMIT_NS  (40 * NS_PER_MS)
#define NOISE_FLOOR_NS (100 * NS_PER_MS)
#define MIB            (1024.0 * 1024.0)

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* --- timer wake-up ---------------------------------------------------------------------------- */

/* Sleeps again and again; how many times it woke up before the limit or a signal. */
static uint32_t wake_up(const struct clock *clock, uint64_t late_ns[CONTROL_WAKES])
{
    const struct timespec sleep = {.tv_nsec = CONTROL_WAKE_SLEEP_NS};
    uint64_t begin = clock_now_ns(clock), before = begin;
    uint32_t n = 0;
    while (n < CONTROL_WAKES && before - begin < WAKE_LIMIT_NS) {
        if (clock_nanosleep(CLOCK_MONOTONIC, 0, &sleep, NULL))
            break;
        uint64_t now = clock_now_ns(clock), slept = now - before;
        late_ns[n++] = slept > CONTROL_WAKE_SLEEP_NS ? slept - CONTROL_WAKE_SLEEP_NS : 0;
        before = now;
    }
    return n;
}

/* Nearest rank, where the samples carry it. */
static int64_t rank_of(const uint64_t *sorted, uint32_t n, uint32_t percent)
{
    if (!percentile_supported(n, percent, 100))
        return DB_NONE;
    return (int64_t)sorted[((uint64_t)n * percent + 99) / 100 - 1];
}

void control_judge_wakes(uint64_t *late_ns, uint32_t n, struct control *out)
{
    qsort(late_ns, n, sizeof *late_ns, by_value);
    out->figures.timer_wake_p50_ns = rank_of(late_ns, n, 50);
    out->figures.timer_wake_p99_ns = rank_of(late_ns, n, 99);
    if (out->figures.timer_wake_p99_ns == DB_NONE)
        snprintf(out->wake_why, sizeof out->wake_why,
                 "%u wake-ups in the time for them: p99 needs %u, p50 needs 20", n, CONTROL_WAKES);
}

/* Without the slack that the kernel grants itself (50 us), which would hide the rest. */
static void measure_wakes(const struct clock *clock, struct control *out)
{
    uint64_t late_ns[CONTROL_WAKES];
    int slack_ns = prctl(PR_GET_TIMERSLACK);
    prctl(PR_SET_TIMERSLACK, 1);
    uint32_t n = wake_up(clock, late_ns);
    if (slack_ns > 0)
        prctl(PR_SET_TIMERSLACK, slack_ns);
    control_judge_wakes(late_ns, n, out);
}

/* --- memory copy ------------------------------------------------------------------------------ */

void control_judge_copies(uint64_t *took_ns, uint32_t n, struct control *out)
{
    out->figures.memory_copy_mib_per_s = NAN;
    if (n < CONTROL_COPIES_MIN) {
        snprintf(out->copy_why, sizeof out->copy_why,
                 "%u copies in the time for them: the median needs %u", n, CONTROL_COPIES_MIN);
        return;
    }
    qsort(took_ns, n, sizeof *took_ns, by_value);
    double median_ns = ((double)took_ns[(n - 1) / 2] + (double)took_ns[n / 2]) / 2;
    out->figures.memory_copy_mib_per_s = CONTROL_COPY_BYTES / MIB / median_ns * 1e9;
}

/* The first one, which fills caches and page tables, is not counted. */
static uint32_t copy(const struct clock *clock, void *to, const void *from,
                     uint64_t took_ns[CONTROL_COPIES_MAX])
{
    memcpy(to, from, CONTROL_COPY_BYTES);
    uint64_t begin = clock_now_ns(clock), before = begin;
    uint32_t n = 0;
    while (n < CONTROL_COPIES_MAX && before - begin < COPY_LIMIT_NS) {
        memcpy(to, from, CONTROL_COPY_BYTES);
        uint64_t now = clock_now_ns(clock);
        took_ns[n++] = now - before;
        before = now;
    }
    return n;
}

static void measure_copy(const struct clock *clock, struct control *out)
{
    uint64_t took_ns[CONTROL_COPIES_MAX];
    struct err e = {0};
    void *from = mem_reserve(CONTROL_COPY_BYTES, "copy that is measured", &e);
    void *to = mem_reserve(CONTROL_COPY_BYTES, "copy that is measured", &e);
    control_judge_copies(took_ns, from && to ? copy(clock, to, from, took_ns) : 0, out);
    if (e.exit_code)
        snprintf(out->copy_why, sizeof out->copy_why, "%.90s", e.message);
    mem_release(from, CONTROL_COPY_BYTES);
    mem_release(to, CONTROL_COPY_BYTES);
}

/* --- noise floor ------------------------------------------------------------------------------ */

static int64_t larger(int64_t a, uint64_t b)
{
    return a == DB_NONE || (uint64_t)a < b ? (int64_t)b : a;
}

/* Bare loops on the workers' own CPUs, all at once as in the run; the worst of them counts. */
static void measure_noise(const struct clock *clock, const int *cpus, uint32_t n,
                          struct control *out)
{
    struct err e = {0};
    struct stolen *s = calloc(n, sizeof *s);
    for (uint32_t i = 0; s && i < n; i++)
        s[i].cpu = cpus[i];
    out->noise_gap_p99_ns = out->noise_gap_max_ns = DB_NONE;
    if (!s)
        err_set(&e, EXIT_ENVIRONMENT, -1, "no memory");
    else if (!noise_stolen(clock, NOISE_FLOOR_NS, s, n, &e))
        for (uint32_t i = 0; i < n; i++) {
            out->noise_gap_p99_ns =
                larger(out->noise_gap_p99_ns, hist_percentile_ns(&s[i].longest, 99, 100));
            out->noise_gap_max_ns = larger(out->noise_gap_max_ns, s[i].longest.max_ns);
        }
    snprintf(out->noise_why, sizeof out->noise_why, "%.150s", e.message);
    free(s);
}

void control_measure(const struct clock *clock, const int *cpus, uint32_t n, struct control *out)
{
    *out = (struct control){.figures.cpu_per_transaction_ns = NAN};
    measure_wakes(clock, out);
    measure_copy(clock, out);
    measure_noise(clock, cpus, n, out);
}
