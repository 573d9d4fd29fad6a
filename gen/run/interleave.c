/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/interleave.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "db/run_row.h"
#include "job/job.h"
#include "run/check.h"
#include "run/commands.h"
#include "run/exits.h"
#include "run/run.h"

static const char *const side_names[] = {"A", "B"};

/* --- the order -------------------------------------------------------------------------------- */

void interleave_order(uint64_t seed, uint32_t rounds, bool b_first[])
{
    struct rng rng;
    rng_seed(&rng, seed);
    uint32_t b_rounds = rounds / 2;
    if (rounds % 2)
        b_rounds += (uint32_t)rng_below(&rng, 2);
    for (uint32_t i = 0; i < rounds; i++)
        b_first[i] = i < b_rounds;
    for (uint32_t i = rounds - 1; i > 0; i--) {
        uint32_t j = (uint32_t)rng_below(&rng, i + 1);
        bool kept = b_first[i];
        b_first[i] = b_first[j];
        b_first[j] = kept;
    }
}

uint64_t interleave_seed(uint64_t seed, uint32_t round)
{
    uint64_t drawn = rng_mix(seed, round) >> 1; /* fits SQLite's signed integers as it is */
    return drawn ? drawn : 1;
}

/* --- the set ---------------------------------------------------------------------------------- */

struct set {
    struct interleave ask;
    char uuid[37];
    uint64_t seed;
    char db[JOB_TEXT]; /* one file for all */
    bool b_first[INTERLEAVE_ROUNDS_MAX];
    uint32_t runs, pairs; /* whole ones so far */
    int worst;
};

static int load(const struct set *s, int side, char **environ, struct job *job, struct err *e)
{
    const struct interleave_side *from = &s->ask.side[side];
    struct job_args args = {from->options_count, from->options, environ};
    return job_load(job, from->path, &args, e);
}

static int check_side(struct set *s, int side, char **environ, struct err *e)
{
    struct job job;
    int rc = load(s, side, environ, &job, e);
    if (rc)
        return rc;
    rc = check_job(&job, e);
    if (!rc && side == 0) {
        memcpy(s->db, job.db, sizeof s->db);
        s->seed = job.seed;
    } else if (!rc && strcmp(s->db, job.db)) {
        rc = err_set(e, EXIT_USAGE, -EINVAL,
                     "--interleave: A writes %s and B %s: expected one file for the pairs, as "
                     "--db=FILE",
                     s->db, job.db);
    }
    job_fini(&job);
    return rc;
}

/* A mistake in either job must not show after the first run. */
static int prepare(struct set *s, char **environ, struct err *e)
{
    for (int side = 0; side < 2; side++) {
        int rc = check_side(s, side, environ, e);
        if (rc)
            return rc;
    }
    while (!s->seed)
        s->seed = rng_entropy() >> 1;
    identity_uuid(s->uuid);
    interleave_order(s->seed, s->ask.rounds, s->b_first);
    return 0;
}

static int run_side(struct set *s, uint32_t round, int side, uint32_t *whole,
                    const struct command_args *a, struct err *e)
{
    struct job job;
    struct run_result out = {0};
    const struct run_interleave place = {s->uuid, round + 1, side_names[side]};
    int rc = load(s, side, a->environ, &job, e);
    if (rc)
        return rc;
    if (!job.seed)
        job.seed = interleave_seed(s->seed, round);
    rc = run_job(&job, &place, a->signal, a->crash, &out, e);
    job_fini(&job);
    if (out.id)
        printf("%5u %s %s\n", round + 1, side_names[side], out.line);
    fflush(stdout);
    *whole += out.id && out.state == RUN_DONE && !rc;
    s->worst = exit_worse(s->worst, out.exit_code);
    return rc;
}

static int run_round(struct set *s, uint32_t round, const struct command_args *a, struct err *e)
{
    int rc = 0;
    uint32_t whole = 0;
    for (int i = 0; i < 2 && !rc && !*a->signal; i++)
        rc = run_side(s, round, i ^ s->b_first[round], &whole, a, e);
    s->runs += whole;
    s->pairs += whole == 2;
    return rc;
}

static void print_end(const struct set *s)
{
    bool other = strcmp(s->db, "results.db") != 0;
    uint32_t all = 2 * s->ask.rounds;
    printf("\nset %.8s, seed %llu: ", s->uuid, (unsigned long long)s->seed);
    if (s->runs == all)
        printf("%u rounds in %s. ", s->pairs, s->db);
    else
        printf("ended early: %u of %u runs are whole, %u of %u pairs; all that was recorded is "
               "kept in %s. ",
               s->runs, all, s->pairs, s->ask.rounds, s->db);
    if (s->pairs)
        printf("Next: analyze%s%s --compare interleaved\n", other ? " --db " : "",
               other ? s->db : "");
    else
        puts("Without a pair there is nothing to compare.");
}

static int run_set(struct set *s, const struct command_args *a, struct err *e)
{
    int rc = prepare(s, a->environ, e);
    if (rc)
        return rc;
    printf("round side%s\n", run_table_head);
    for (uint32_t round = 0; round < s->ask.rounds && !rc && !*a->signal; round++)
        rc = run_round(s, round, a, e);
    print_end(s);
    return rc;
}

int interleave_run(const struct command_args *a, struct err *e)
{
    struct set s = {0};
    int rc = interleave_parse(a, &s.ask, e);
    if (!rc)
        rc = run_set(&s, a, e);
    interleave_free(&s.ask);
    if (*a->signal)
        return 128 + *a->signal;
    return rc ? e->exit_code : s.worst;
}
