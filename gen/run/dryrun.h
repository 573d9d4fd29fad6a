/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `gen run --dry-run`: what the jobs would do, what they need and whether this machine has it.
 * Nothing is sent, opened for writing, attached or made.
 */
#ifndef RUN_DRYRUN_H
#define RUN_DRYRUN_H

#include <stdint.h>
#include <stdio.h>

#include "job/job.h"
#include "run/series.h"

struct app_proto;
struct need;

/* Prints all jobs of the series. EXIT_WELL, or the code of the first check that failed, of the worst
 * of the jobs when there are several. */
int dryrun_all(const struct series *s);

/* dryrun_plan.c: the steps in order, with their times. */
void dryrun_plan(const struct job *job, const struct app_proto *proto);

/* need.c: arithmetic, no question to the machine. */
struct need_pool {
    const char *name;
    uint64_t gen_bytes, peer_bytes;
};
#define NEED_POOLS 16
struct need {
    struct job_pool pool;
    uint32_t walked;         /* source addresses that a worker's connections come from */
    uint64_t connections;
    double opened_per_s;     /* of connections that come and go; NAN: not known; 0: they stay */
    double held_s;           /* a closed one keeps its tuple so long */
    struct need_pool pools[NEED_POOLS];
    uint32_t pools_count;
    uint64_t gen_bytes, peer_bytes, frame_bytes;
    uint64_t load_ns, limit_ns; /* expected: under load; at most: with connecting and ending */
    double transactions;     /* of all phases; NAN: not known */
    uint32_t trials;         /* of a suite, if each of them holds; then so are the times */
    bool by_rule;            /* their rate is what a rule asks for, not what the job offers */
    double db_low_bytes, db_high_bytes; /* NAN: not known */
};
void need_of(const struct job *job, const struct app_proto *proto, struct need *out);

/* What a transaction moves, and how many there are a second. */
struct need_load {
    double mean_per_s, peak_per_s; /* NAN: not known before */
    const char *why;               /* NULL, or the rule that the rate is taken from */
    double request_bytes, reply_bytes;
    double frames_out, frames_in, wire_out_bytes, wire_in_bytes; /* data frames with headers */
};
void need_load_of(const struct job *job, uint32_t phase, const struct app_proto *proto,
                  struct need_load *out);
/* need_print.c */
void need_print(const struct job *job, const struct app_proto *proto, const struct need *need);

/* dryrun_check.c: each check of what the run will find, a row each; returns the exit code of the
 * first that failed, or EXIT_WELL. */
int dryrun_check(const struct job *job, const struct need *need);
/* dryrun_files.c: the part of it about database, its writer, disk and capture file. */
int dryrun_files(const struct job *job, const struct need *need);
/* dryrun_link.c: the part of it about the device. */
int dryrun_link(const struct job *job, const struct need *need);
/* A row of a check; `code` EXIT_WELL: ok. */
void dryrun_row(int code, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
