/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/foresee.h"

#include <math.h>
#include <stdlib.h>

#include "suite/suite.h"

/* What a system without limits would give: latencies are those of no load. */
static struct trial_result held(const struct job_phase *p)
{
    double rate = p->rate_per_s * p->rate_scale;
    return (struct trial_result){
        .requested_per_s = p->rate_max ? NAN : rate,
        .connections = p->connections, .open = p->connections,
        .achieved_per_s = p->rate_max ? p->connections : rate,
        .success = 1, .mean_us = 1, .p50_us = 1, .p95_us = 1, .p99_us = 1, .max_us = 1,
        .cpu_gen_percent = NAN, .cpu_peer_percent = NAN, .rss_gen_bytes = NAN,
        .rss_peer_bytes = NAN, .bytes_per_connection = NAN, .objective = TRIAL_PASSED,
    };
}

uint32_t foresee(const struct job *job, foresee_trial *each, void *ctx)
{
    const struct suite *suite = suite_find(job->search.suite);
    struct search *s = suite ? calloc(1, sizeof *s) : NULL;
    struct job_phase p;
    if (!s)
        return 0;
    search_init(s, suite, job);
    while (search_next(s, &p) == SUITE_MORE) {
        each(ctx, s->count + 1, &p);
        s->elapsed_ns += p.warmup_ns + p.duration_ns;
        struct trial_result r = held(&p);
        search_take(s, &r);
    }
    uint32_t count = s->count;
    free(s);
    return count;
}
