/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/exact/exact.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/query_samples.h"
#include "base/err.h"

#define COUNTERS_MAX (8u << 20) /* of all threads together, 64 MiB: beyond it fewer threads */

int exact_is_possible(struct db *db, int64_t run_id, bool running, char *why, size_t size,
                      struct err *e)
{
    struct kept_info kept;
    int ret = running ? 0 : query_kept(db, run_id, &kept, e);
    if (ret)
        return ret;
    why[0] = '\0';
    if (running)
        snprintf(why, size, "the run is still going on");
    else if (!kept.blocks)
        snprintf(why, size, "no raw samples are kept");
    else if (!kept.all || kept.samples < kept.ended)
        snprintf(why, size, "%" PRId64 " of %" PRId64 " transactions were kept", kept.samples,
                 kept.ended);
    return why[0] == '\0';
}

/* --- one pass -------------------------------------------------------------------------- */

struct pass {
    const struct exact_job *job;
    size_t threads, counters;       /* counters: of one thread */
    size_t *sizes;                  /* of each population: its counters in this pass */
    struct tally *tallies;          /* by thread, then population */
    uint64_t *counts;
};

static void take(void *arg, size_t thread, const struct block *b)
{
    struct pass *p = arg;
    p->job->deal(p->job->arg, b, p->tallies + thread * p->job->count);
}

static size_t threads_for(size_t counters)
{
    size_t threads = blocks_threads(), most = COUNTERS_MAX / counters;
    return most < 1 ? 1 : most < threads ? most : threads;
}

/* Whether anything is left to be counted. */
static bool lay_out(struct pass *p)
{
    p->counters = 0;
    for (size_t i = 0; i < p->job->count; i++)
        p->counters += p->sizes[i] = sieve_begin(&p->job->sieves[i]);
    return p->counters > 0;
}

static void begin_tallies(struct pass *p)
{
    uint64_t *at = p->counts;
    for (size_t t = 0; t < p->threads; t++)
        for (size_t i = 0; i < p->job->count; i++) {
            tally_begin(&p->tallies[t * p->job->count + i],
                        p->sizes[i] ? &p->job->sieves[i] : NULL, at, p->sizes[i]);
            at += p->sizes[i];
        }
}

static void end_tallies(struct pass *p)
{
    size_t count = p->job->count;
    for (size_t i = 0; i < count; i++) {
        for (size_t t = 1; t < p->threads; t++)
            tally_merge(&p->tallies[i], &p->tallies[t * count + i], p->sizes[i]);
        if (p->sizes[i])
            sieve_end(&p->job->sieves[i], &p->tallies[i]);
    }
}

static int scan(struct pass *p, struct blocks_damage *damage, struct err *e)
{
    const struct exact_job *job = p->job;
    struct blocks_scan s = {.db = job->db, .run_id = job->run_id, .from_ns = job->from_ns,
                            .to_ns = job->to_ns, .wanted = job->wanted, .threads = p->threads,
                            .take = take, .arg = p};
    begin_tallies(p);
    int ret = blocks_scan(&s, damage, e);
    if (ret == 0 && !damage->id)
        end_tallies(p);
    return ret;
}

static int one_pass(struct pass *p, struct blocks_damage *damage, struct err *e)
{
    p->threads = threads_for(p->counters);
    p->tallies = calloc(p->threads * p->job->count, sizeof *p->tallies);
    p->counts = malloc(p->threads * p->counters * sizeof *p->counts);
    int ret = p->tallies && p->counts
                  ? scan(p, damage, e)
                  : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for exact percentiles");
    free(p->tallies);
    free(p->counts);
    return ret;
}

int exact_find(const struct exact_job *job, struct blocks_damage *damage, struct err *e)
{
    struct pass p = {.job = job, .sizes = calloc(job->count, sizeof *p.sizes)};
    int ret = p.sizes ? 0 : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for percentiles");
    *damage = (struct blocks_damage){0};
    while (ret == 0 && !damage->id && lay_out(&p))
        ret = one_pass(&p, damage, e);
    for (size_t i = 0; damage->id && i < job->count; i++)
        job->sieves[i].refuted = true;
    free(p.sizes);
    return ret;
}
