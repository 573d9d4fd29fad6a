/* SPDX-License-Identifier: BSD-3-Clause */
/* Contradictions between the keys that say when a phase begins and ends. */
#include "base/units.h"
#include "job/load.h"

#define STEADY_INTERVALS 50 /* the fewest that the warm-up test takes (base/mser.h) */
#define LONGEST_TIMES    10

uint64_t job_longest_ns(const struct job_phase *phase)
{
    if (!phase->completions_min)
        return phase->duration_ns;
    return phase->duration_max_ns ? phase->duration_max_ns : LONGEST_TIMES * phase->duration_ns;
}

static bool nothing_starts(const struct job_phase *phase)
{
    return !phase->rate_max && !(phase->rate_per_s > 0);
}

static bool opens_beforehand(const struct job_phase *phase)
{
    return phase->pattern != PATTERN_SHORT_LIVED && phase->pattern != PATTERN_POOLED;
}

static int check_completions(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (!phase->completions_min)
        return 0;
    if (phase->transactions)
        return job_refuse(l->e, l->job, p, "completions_min",
                          "transactions ends the phase after so many starts: expected one of them");
    if (nothing_starts(phase))
        return job_refuse(l->e, l->job, p, "completions_min",
                          "with rate = 0 nothing completes: expected a rate as well");
    if (phase->duration_max_ns && phase->duration_max_ns < phase->duration_ns)
        return job_refuse(l->e, l->job, p, "duration_max",
                          "shorter than duration: expected at least as long");
    return 0;
}

static int check_settles(const struct loader *l, uint32_t p, const char *key, const char *time_key,
                         uint64_t time_ns)
{
    if (nothing_starts(&l->job->phases[p]))
        return job_refuse(l->e, l->job, p, key,
                          "with rate = 0 nothing settles: expected a rate as well");
    if (time_ns / STEADY_INTERVALS < l->job->interval_ns)
        return job_refuse(
            l->e, l->job, p, key,
            "it takes %d intervals to tell: expected %s of at least %d times interval",
            STEADY_INTERVALS, time_key, STEADY_INTERVALS);
    return 0;
}

static int check_until(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    switch (phase->until) {
    case UNTIL_TIME:
        return 0;
    case UNTIL_STEADY:
        return check_settles(l, p, "until", "duration", job_longest_ns(phase));
    case UNTIL_CONNECTIONS:
        break;
    }
    if (phase->pattern == PATTERN_SHORT_LIVED)
        return job_refuse(l->e, l->job, p, "until",
                          "short_lived connections do not stay: expected another pattern");
    return 0;
}

static int check_enter(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    const struct job_enter *enter = &phase->enter;
    if (enter->connections > phase->connections)
        return job_refuse(l->e, l->job, p, "enter",
                          "more than connections = %u: expected at most as many",
                          phase->connections);
    if ((enter->connections || enter->percent > 0) && !opens_beforehand(phase))
        return job_refuse(l->e, l->job, p, "enter",
                          "this pattern opens none before the load: expected another pattern");
    return enter->steady ? check_settles(l, p, "enter", "warmup", phase->warmup_ns) : 0;
}

/* A key that stands for all phases may be of use in some only. */
static int check_alone(const struct loader *l, uint32_t p)
{
    bool completions = false, aborts = false;
    const struct job_phase *phase = &l->job->phases[p];
    for (uint32_t i = 0; i < l->job->phases_count; i++) {
        completions |= l->job->phases[i].completions_min > 0;
        aborts |= l->job->phases[i].abort_if[0] != '\0';
    }
    if (phase->duration_max_ns && !completions)
        return job_refuse(l->e, l->job, p, "duration_max", "expected completions_min as well");
    if (phase->abort_window_ns != 10 * NS_PER_S && !aborts)
        return job_refuse(l->e, l->job, p, "abort_window", "expected abort_if as well");
    if (aborts && phase->abort_window_ns < l->job->interval_ns)
        return job_refuse(l->e, l->job, p, "abort_window",
                          "shorter than interval: expected at least as long");
    return 0;
}

int check_phase_times(const struct loader *l, uint32_t p)
{
    int ret = check_completions(l, p);
    ret = ret ? ret : check_until(l, p);
    ret = ret ? ret : check_enter(l, p);
    return ret ? ret : check_alone(l, p);
}
