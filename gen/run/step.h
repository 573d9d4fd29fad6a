/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One step of the plan: what the workers are told, and the wait until they have done it. Used by
 * plan.c (which phases, in which order), measure.c (a phase under load) and connect.c (what must be
 * open before one).
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
/* Until they have (PHASE_EXIT_TIME), a signal came, or `watch` (NULL: none) says why not to wait any
 * longer. `what`, `end_ns`: for the live line. */
struct watch;
enum phase_exit step_await(struct run *r, uint64_t commands, const char *what, uint64_t end_ns,
                           struct watch *watch);
/* The sum over the workers of a word of struct worker_status. */
uint64_t step_status(const struct run *r, size_t offset);

/* measure.c: warm-up and measure of a phase. 0; -EINTR: a signal came; -ECANCELED: abort_if. */
int measure_phase(struct run *r, const struct job_phase *p, struct err *e);

/* connect.c: whether connections must be opened or closed before this phase can begin; and doing
 * it. -EINTR: a signal came. */
bool connect_needed(const struct run *r, const struct job_phase *p);
int connect_phase(struct run *r, const struct job_phase *p, struct err *e);
/* Whether as many are open as the phase asks for before it begins; else -ECANCELED, r->aborted. */
int connect_suffices(struct run *r, const struct job_phase *p);

#endif
