/* SPDX-License-Identifier: BSD-3-Clause */
/* Each row says what was measured and how; nothing measured is said too. */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/units.h"
#include "run/doctor.h"
#include "run/noise.h"
#include "run/reflect.h"

enum { FRAME_BYTES = 64, IN_FLIGHT = 256, BATCH = 64 };

/* --- stolen time ------------------------------------------------------------------------------ */

static const char *show_ns(char buf[32], uint64_t ns)
{
    return units_format_ns(buf, 32, ns);
}

static void print_stolen(const struct stolen *s)
{
    char name[32], p50[32], p99[32], p999[32], max[32];
    double seconds = (double)s->took_ns / (double)NS_PER_S;
    double step_ns = ((double)s->took_ns - (double)s->gaps.sum_ns) / (double)(s->steps - s->gaps.count);
    snprintf(name, sizeof name, "stolen, cpu %d", s->cpu);
    if (!s->gaps.count) {
        doctor_row(FINDING_INFO, name,
                   "nothing over 1 us in %.2f s of a spin loop of %.1f ns a step", seconds,
                   step_ns);
        return;
    }
    doctor_row(FINDING_INFO, name,
               "gaps p50 %s, p99 %s, p99.9 %s, max %s; %.1f/s over 1 us, %.1f/s over 100 us, "
               "%.3f %% of the time (%.2f s of a spin loop of %.1f ns a step)",
               show_ns(p50, hist_percentile_ns(&s->gaps, 50, 100)),
               show_ns(p99, hist_percentile_ns(&s->gaps, 99, 100)),
               show_ns(p999, hist_percentile_ns(&s->gaps, 999, 1000)), show_ns(max, s->gaps.max_ns),
               (double)s->gaps.count / seconds, (double)s->long_gaps / seconds,
               100 * (double)s->gaps.sum_ns / (double)s->took_ns, seconds, step_ns);
}

/* All CPUs at once, as a run with a worker on each would have it. */
void doctor_stolen(struct doctor *d)
{
    int cpus[NOISE_CPUS_MAX];
    uint32_t n = noise_cpus(cpus);
    struct err e = {0};
    struct stolen *s = calloc(n ? n : 1, sizeof *s);
    for (uint32_t i = 0; s && i < n; i++)
        s[i].cpu = cpus[i];
    if (!s || !n)
        doctor_row(FINDING_LACK, "stolen", "not measured: %s", s ? "no CPU told" : "no memory");
    else if (noise_stolen(&d->clock, d->noise_ns, s, n, &e))
        doctor_row(FINDING_LACK, "stolen", "not measured: %s", e.message);
    else
        for (uint32_t i = 0; i < n; i++)
            print_stolen(&s[i]);
    free(s);
}

/* --- two CPUs --------------------------------------------------------------------------------- */

/* The first two that the process may use. */
static bool take_two(const char *name, int cpu[2])
{
    int cpus[NOISE_CPUS_MAX];
    if (noise_cpus(cpus) < 2) {
        doctor_row(FINDING_LACK, name, "not measured: one CPU -> give the process two");
        return false;
    }
    cpu[0] = cpus[0];
    cpu[1] = cpus[1];
    return true;
}

static void print_handover(const struct doctor *d, const char *name, const int cpu[2],
                           uint32_t batch, const struct handover *h)
{
    char cycles[64] = "";
    double per_ns = d->clock.tsc_hz / 1e9;
    if (d->clock.source == CLOCK_SOURCE_TSC)
        snprintf(cycles, sizeof cycles, " = %.0f TSC cycles, %.1f an entry", h->median_ns * per_ns,
                 h->median_ns * per_ns / batch);
    doctor_row(
        FINDING_INFO, name,
        "%.1f ns%s (one way, cpu %d to cpu %d: half a ring's round trip, median of %d rounds; "
        "fastest round %.1f ns)",
        h->median_ns, cycles, cpu[0], cpu[1], NOISE_ROUNDS, h->fastest_ns);
}

static void measure_handover(const struct doctor *d, const int cpu[2], uint32_t batch)
{
    char name[32];
    struct handover h;
    struct err e = {0};
    snprintf(name, sizeof name, "hand-over of %u", batch);
    if (noise_handover(&d->clock, cpu, batch, d->noise_ns / 2, &h, &e))
        doctor_row(FINDING_LACK, name, "not measured: %s", e.message);
    else
        print_handover(d, name, cpu, batch, &h);
}

void doctor_handover(struct doctor *d)
{
    int cpu[2];
    if (!take_two("hand-over", cpu))
        return;
    measure_handover(d, cpu, 1);
    measure_handover(d, cpu, 32);
}

static void measure_ceiling(struct doctor *d, const char *name,
                            int (*reflect)(const struct reflect_config *, struct reflect_result *,
                                           struct err *))
{
    struct err e = {0};
    struct reflect_result r = {0};
    struct reflect_config cfg = {.frame_len = FRAME_BYTES,
                                 .in_flight = IN_FLIGHT,
                                 .batch = BATCH,
                                 .warmup_ns = d->noise_ns / 10,
                                 .measure_ns = d->noise_ns};
    int cpu[2];
    if (!take_two(name, cpu))
        return;
    cfg.near_cpu = cpu[0];
    cfg.far_cpu = cpu[1];
    if (reflect(&cfg, &r, &e))
        doctor_row(FINDING_LACK, name, "not measured: %s", e.message);
    else
        doctor_row(FINDING_INFO, name,
                   "%.0f round trips/s of %d-byte frames (%d in flight, batches of %d, cpu %d and "
                   "%d, %.2f s%s%s)",
                   r.round_trips_per_s, FRAME_BYTES, IN_FLIGHT, BATCH, cpu[0], cpu[1],
                   (double)r.took_ns / (double)NS_PER_S, r.detail[0] ? ", " : "", r.detail);
}

void doctor_pair_ceiling(struct doctor *d)
{
    measure_ceiling(d, "pair ceiling", reflect_pair);
}

void doctor_lab_ceiling(struct doctor *d)
{
    if (d->lab_works)
        measure_ceiling(d, "lab ceiling", reflect_lab);
    else
        doctor_row(FINDING_LACK, "lab ceiling", "not measured: the lab wire cannot be used");
}
