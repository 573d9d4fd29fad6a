/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gen run --interleave JOB_A JOB_B: two jobs in turn, round by round, so that whatever the machine
 * does meanwhile happens to both. Each round is a pair of runs, both with the same seed; which side
 * goes first is drawn, half the rounds each way. Every run is a whole run with its own row; the
 * rows name set, round and side.
 */
#ifndef RUN_INTERLEAVE_H
#define RUN_INTERLEAVE_H

#include <stdbool.h>
#include <stdint.h>

struct command_args;
struct err;

#define INTERLEAVE_ROUNDS     8
#define INTERLEAVE_ROUNDS_MIN 2
#define INTERLEAVE_ROUNDS_MAX 1000

/* What the command line says. Free with interleave_free, also after an error. */
struct interleave {
    uint32_t rounds;
    struct interleave_side {
        const char *path;
        char **options; /* those for both sides and those of this one, in their order */
        int options_count;
    } side[2];    /* A, B */
    char **owned; /* texts made from --A:key=value */
    int owned_count;
};

/* Whether any argument belongs to --interleave; what is missing interleave_parse tells. */
bool interleave_asked(const struct command_args *a);
/* 0, or -errno: EXIT_USAGE with what was expected. */
int interleave_parse(const struct command_args *a, struct interleave *out, struct err *e);
void interleave_free(struct interleave *set);

/* In which rounds B goes first: half of them (of an odd number one more or less), shuffled. */
void interleave_order(uint64_t seed, uint32_t rounds, bool b_first[]);
/* The seed of both runs of a round: the set's seed decides it. Never 0. */
uint64_t interleave_seed(uint64_t seed, uint32_t round);

/* The command; an exit code. A run that cannot be made or fails ends the set, as a signal does:
 * what was recorded stays. A verdict does not. */
int interleave_run(const struct command_args *a, struct err *e);

#endif
