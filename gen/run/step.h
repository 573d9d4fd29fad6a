/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One step of the plan: what the workers are told, and the wait until they have done it. Used by
 * plan.c (which phases, in which order) and connect.c (what must be open before one).
 */
#ifndef RUN_STEP_H
#define RUN_STEP_H

#include <stddef.h>

#include "db/run_row.h"
#include "run/run.h"

#define STEP_POLL_NS 5000000ull

void step_pause(uint64_t ns);
/* A phase's row; its number for the workers, or -errno with e set. */
int step_begin(struct run *r, const struct job_phase *p, enum phase_kind kind, uint64_t start_ns,
               uint64_t requested_ns, struct err *e);
/* Gives the command to each worker, with its share of the phase's load. */
void step_command(struct run *r, struct worker_command cmd, const struct job_phase *p,
                  bool measured);
/* Whether the workers have done so many commands. */
bool step_done(const struct run *r, uint64_t commands);
/* Until they have, or a signal came. True: done. `what`, `end_ns`: for the live line. */
bool step_await(struct run *r, uint64_t commands, const char *what, uint64_t end_ns);
/* The sum over the workers of a word of struct worker_status. */
uint64_t step_status(const struct run *r, size_t offset);

/* connect.c: whether connections must be opened or closed before this phase can begin; and doing
 * it. -EINTR: a signal came. */
/* How long the opening for a phase may take; whether its pattern opens connections before it. */
uint64_t connect_limit_ns(const struct job *job, const struct job_phase *p);
bool connect_beforehand(const struct job_phase *p);
bool connect_needed(const struct run *r, const struct job_phase *p);
int connect_phase(struct run *r, const struct job_phase *p, struct err *e);

#endif
