/* SPDX-License-Identifier: BSD-3-Clause */
/* How a phase's rate and sizes, plain data in the job, become a schedule and something to draw
 * from. */
#include <math.h>

#include "base/rng.h"
#include "run/setup.h"

static struct load_params params_of(const struct job_phase *p)
{
    return (struct load_params){
        .burst = {p->burst_factor, p->burst_high_ns, p->burst_low_ns},
        .ramp = {p->ramp_from, p->ramp_to, p->ramp_steps, p->ramp_ns ? p->ramp_ns : p->duration_ns},
        .sine = {p->sine_depth, p->sine_period_ns},
        .walk = {p->walk_step, p->walk_low, p->walk_high},
        .replay = {p->arrivals_ns, p->arrivals, p->rate_scale},
    };
}

/* Transactions of an arrival: on average, and at most. */
static double starts_mean(const struct job_phase *p)
{
    double starts[OPERATION_COUNT];
    for (int i = 0; i < OPERATION_COUNT; i++)
        starts[i] = i == OPERATION_BATCH ? p->batch_requests : 1;
    return mix_mean(p->mix.weight, starts);
}

static uint32_t starts_most(const struct job_phase *p)
{
    return p->mix.weight[OPERATION_BATCH] ? p->batch_requests : 1;
}

void setup_mix(const struct job_phase *p, struct client_load *out)
{
    mix_compile(&out->mix, p->mix.weight);
    out->batch = p->batch_requests;
    out->stream = p->stream_messages;
    out->burst = starts_most(p);
}

/* The rate is of transactions: arrivals that are batches come at less. */
double setup_arrivals_per_s(const struct job_phase *p)
{
    return p->rate_per_s * p->rate_scale / starts_mean(p);
}

/* Phases draw apart from each other: no two have the same gaps. */
void setup_spec(const struct job *job, const struct job_phase *phase, uint32_t worker,
                struct load_spec *out)
{
    *out = (struct load_spec){
        .shape = load_shape_find(phase->shape)->shape,
        .rate_per_s = setup_arrivals_per_s(phase),
        .duration_ns = phase->duration_ns,
        .seed = rng_mix(job->seed, phase->number),
        .worker = worker,
        .workers = job->workers,
        .params = params_of(phase),
    };
}

double setup_offered_per_s(const struct job *job, const struct job_phase *phase,
                           uint64_t duration_ns)
{
    struct load_spec spec;
    if (phase->rate_max)
        return NAN;
    setup_spec(job, phase, 0, &spec);
    spec.duration_ns = duration_ns ? duration_ns : phase->duration_ns;
    return schedule_mean_per_s(&spec) * starts_mean(phase);
}

double setup_peak_per_s(const struct job *job, const struct job_phase *phase)
{
    struct load_spec spec;
    if (phase->rate_max || job_searches(job))
        return INFINITY;
    setup_spec(job, phase, 0, &spec);
    return schedule_peak_per_s(&spec) * starts_most(phase);
}

void setup_sizes(const struct job_sizes *sizes, struct size_dist *out)
{
    struct size_part parts[JOB_SIZES];
    _Static_assert(JOB_SIZES <= SIZE_PARTS, "all of them fit");
    *out = (struct size_dist){0};
    for (uint32_t i = 0; i < sizes->count; i++) {
        const struct job_size *s = &sizes->parts[i];
        parts[i] = (struct size_part){s->low, s->high, s->weight, s->even_ratio};
    }
    if (sizes->count)
        size_compile(out, parts, sizes->count);
}
