/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A system with a known capacity, for searches to find. Below it a trial achieves what was asked
 * for and its latency is that of an M/M/1 queue; above, it achieves the capacity and the rest
 * fails. `noise`: the capacity of each trial is drawn anew, so wide in ln(rate); `lapse`: a trial
 * goes wrong, or right, with this chance for no reason.
 */
#ifndef TESTS_SUITE_FIXTURE_H
#define TESTS_SUITE_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "suite/suites.h"
#include "tests/lib/check_main.h"

struct fake {
    double capacity, noise, lapse;
    double late_above; /* the generator keeps up to here; 0: always */
    double trial_s;    /* for elapsed_ns */
    struct rng rng;
};

struct test_search {
    struct job job;
    struct search search;
    struct suite_findings found;
    struct job_phase phase;
};

static inline double uniform(struct rng *r)
{
    return ((double)(rng_u64(r) >> 11) + 0.5) / 9007199254740992.0;
}

static inline double logistic(struct rng *r, double width)
{
    double u = uniform(r);
    return width * log(u / (1 - u));
}

/* A search with the keys at their defaults; change them before search_init's job is used. */
static inline struct test_search *open_search(const char *suite)
{
    struct test_search *t = calloc(1, sizeof *t);
    t->job = (struct job){
        .connections = 100, .phases_count = 1,
        .search = {.step_ns = 10000000000, .completions = 1000,
                   .step_rates = {5, {50, 200, 500, 1000, 2000}}, .step_high = 1e7,
                   .find_low = 100, .find_high = 1e6, .find_resolution = 0.05, .find_trials = 60,
                   .find_ns = UINT64_MAX, .users = 100, .user_rate_per_s = 0.5,
                   .growth = {3, {1, 1.2, 1.5}}, .peak = 3,
                   .scale_connections = {6, {150, 500, 1000, 5000, 10000, 15000}}},
    };
    strcpy(t->job.phases[0].shape, "max");
    t->job.phases[0].connections = 100;
    t->job.phases[0].rate_max = true;
    search_init(&t->search, suite_find(suite), &t->job);
    return t;
}

/* The figures of a trial at p; `holds`: whether its objective does. */
static inline void play(struct fake *f, const struct job_phase *p, struct trial_result *r)
{
    double capacity = f->capacity * exp(f->noise > 0 ? logistic(&f->rng, f->noise) : 0);
    double rate = p->rate_max ? capacity : p->rate_per_s, share = fmin(1, capacity / rate);
    *r = (struct trial_result){
        .requested_per_s = p->rate_max ? NAN : rate, .connections = p->connections,
        .open = p->connections, .achieved_per_s = rate * share, .success = share,
        .cpu_gen_percent = 50, .cpu_peer_percent = NAN, .rss_gen_bytes = 1 << 20,
        .rss_peer_bytes = NAN, .bytes_per_connection = 2048, .limited_by = "peer",
    };
    r->mean_us = 1e6 / fmax(capacity - rate, capacity / 100);
    r->p50_us = r->mean_us * 0.69;
    r->p95_us = r->mean_us * 3;
    r->p99_us = r->mean_us * 4.6;
    r->max_us = r->mean_us * 20;
    bool holds = rate <= capacity;
    if (f->lapse > 0 && uniform(&f->rng) < f->lapse)
        holds = !holds;
    r->objective = holds ? TRIAL_PASSED : TRIAL_FAILED;
    if (holds) /* a lapse above the capacity has to look well */
        r->achieved_per_s = rate;
    snprintf(r->objective_why, sizeof r->objective_why, "%s", holds ? "held" : "broken");
    r->late = f->late_above > 0 && rate > f->late_above;
    if (r->late)
        snprintf(r->late_why, sizeof r->late_why, "lateness p99 is 5000 us");
}

/* To its end; how it ended. */
static inline enum suite_next search_to_end(struct test_search *t, struct fake *f)
{
    enum suite_next next;
    while ((next = search_next(&t->search, &t->phase)) == SUITE_MORE) {
        struct trial_result r;
        play(f, &t->phase, &r);
        search_take(&t->search, &r);
        t->search.elapsed_ns += (uint64_t)(f->trial_s * 1e9);
    }
    search_findings(&t->search, &t->found);
    return next;
}

static inline const struct suite_finding *found(const struct test_search *t, const char *name)
{
    for (uint32_t i = 0; i < t->found.count; i++)
        if (!strcmp(t->found.rows[i].name, name))
            return &t->found.rows[i];
    ck_abort_msg("no finding \"%s\"", name);
    return NULL;
}

static inline void ck_near(double got, double want)
{
    ck_assert_msg(fabs(got - want) <= 1e-9 * fabs(want), "found %.12g, expected %.12g", got, want);
}

#endif
