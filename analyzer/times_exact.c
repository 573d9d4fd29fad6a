/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/times_exact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/exact/exact.h"
#include "base/err.h"

/* The times that a sample holds; its own number is the population's. */
static const enum time_kind held[] = {TIME_LATENCY, TIME_SERVICE, TIME_QUEUEING, TIME_LATENESS};
#define HELD (sizeof held / sizeof *held)

#define BIT(n) (1u << (n))

static void deal(const void *arg, const struct block *b, struct tally *tallies)
{
    (void)arg;
    uint64_t service[SAMPLE_BLOCK_MAX];
    const uint64_t *latency = b->columns[SAMPLE_LATENCY], *queueing = b->columns[SAMPLE_QUEUEING];
    const uint64_t *lateness = b->columns[SAMPLE_LATENESS];
    for (uint32_t i = 0; i < b->count; i++)
        service[i] = sample_service(latency[i], queueing[i], lateness[i]);
    const uint64_t *values[HELD] = {latency, service, queueing, lateness};
    for (size_t i = 0; i < HELD; i++)
        tally_add(&tallies[i], values[i], b->count);
}

static void want(struct sieve *s, const struct time_summary *t)
{
    sieve_init(s, t->sum);
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        sieve_want(s, t->ranks[q].value);
        sieve_want(s, t->ranks[q].lo);
        sieve_want(s, t->ranks[q].hi);
    }
}

static void put(struct time_summary *t, const struct sieve *s)
{
    t->exact = true;
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        const uint64_t *values = &s->values[3 * q];
        if (t->ranks[q].value)
            t->quantiles[q].value = (double)values[0];
        if (!t->ranks[q].lo)
            continue;
        t->quantiles[q].lo = (double)values[1];
        t->quantiles[q].hi = (double)values[2];
    }
    t->mean.value = s->mean_ns;
}

/* Either all times are exact or none: they are of the same samples. */
static void put_all(struct time_summary *times, const struct sieve *sieves,
                    const struct blocks_damage *damage, struct times_source *out)
{
    out->exact = true;
    for (size_t i = 0; i < HELD; i++)
        out->exact &= !sieves[i].refuted;
    if (damage->id)
        snprintf(out->reason, sizeof out->reason, "raw samples %lld are damaged: %s",
                 (long long)damage->id, damage->why);
    else if (!out->exact)
        snprintf(out->reason, sizeof out->reason, "the raw samples are not those of the histograms");
    for (size_t i = 0; out->exact && i < HELD; i++)
        put(&times[held[i]], &sieves[i]);
}

static int find(struct db *db, int64_t run_id, struct time_summary *times,
                struct times_source *out, struct err *e)
{
    struct blocks_damage damage;
    struct exact_job job = {
        .db = db, .run_id = run_id, .from_ns = INT64_MIN, .to_ns = INT64_MAX,
        .wanted = BIT(SAMPLE_LATENCY) | BIT(SAMPLE_QUEUEING) | BIT(SAMPLE_LATENESS),
        .sieves = calloc(HELD, sizeof *job.sieves), .count = HELD, .deal = deal};
    if (!job.sieves)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for exact percentiles");
    for (size_t i = 0; i < HELD; i++)
        want(&job.sieves[i], &times[held[i]]);
    int ret = exact_find(&job, &damage, e);
    if (ret == 0)
        put_all(times, job.sieves, &damage, out);
    free(job.sieves);
    return ret;
}

int times_make_exact(struct db *db, int64_t run_id, bool running, struct time_summary *times,
                     struct times_source *out, struct err *e)
{
    *out = (struct times_source){0};
    if (!times[TIME_LATENCY].sum->count) {
        snprintf(out->reason, sizeof out->reason, "no samples");
        return 0;
    }
    int ret = exact_is_possible(db, run_id, running, out->reason, sizeof out->reason, e);
    return ret > 0 ? find(db, run_id, times, out, e) : ret;
}
