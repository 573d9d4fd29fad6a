/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When a phase ends: its conditions as plain data, and the decision as a pure function of what main
 * sees of the workers. The decision is taken on every poll of the wait for a step (step.c); workers
 * then get the next command, whose time has come, and so leave the load.
 */
#ifndef RUN_UNTIL_H
#define RUN_UNTIL_H

#include "db/run_row.h"
#include "job/job.h"
#include "run/figures.h"
#include "run/sla.h"

struct run;

struct until {
    /* CLOCK_MONOTONIC: nothing ends it early before; its time is over; the last moment. */
    uint64_t start_ns, planned_ns, longest_ns;
    uint64_t completions_min; /* goes on after the planned end until then; 0: does not */
    uint64_t connections;     /* ends early once so many are open; 0: does not */
    bool steady;              /* ends early once it has settled */
    bool extended;            /* the planned end has passed; set by until_judge */
};

/* What is known at a moment. */
struct until_seen {
    uint64_t now_ns, completed, open;
    bool done; /* the workers say so: the last moment has come, or all have started */
    bool steady, aborted;
};

/* PHASE_EXIT_NONE: it goes on. */
enum phase_exit until_judge(struct until *u, const struct until_seen *seen);

/* Whether a series of a phase has settled: its rate and its mean latency, each where it was
 * measured. `reason`: which one has not, or from when on they have. 1, 0; -ENODATA: too few
 * intervals to tell. */
int until_steady(const struct figure_series *series, size_t count, char *reason, size_t size);

/* --- the watch over a phase ------------------------------------------------------------------- */

/* Reads what the recorder has committed, over a connection of its own; no worker waits for it. */
struct watch {
    struct until until;
    struct figure_scope scope; /* from the warm-up on */
    const struct job_phase *phase;
    uint64_t completed_before; /* by the workers, when the phase was given to them */
    uint64_t next_ns;          /* when the file is looked at again */
    bool warming;              /* it is the warm-up that is to settle */
    int rules_count;
    struct sla_rule rules[SLA_RULES_MAX]; /* of abort_if */
};

/* Transactions that a share or a mean needs before it can end a run. */
#define ABORT_TRANSACTIONS_MIN 100

/* `first`: number of the phase's first row (rec_phase_begin). -errno with e set: the file cannot be
 * read. */
int watch_open(struct watch *w, struct run *r, const struct job_phase *p, uint32_t first,
               const struct until *until, struct err *e);
/* `done`: the workers say so. On PHASE_EXIT_ABORT r->aborted says why. */
enum phase_exit watch_look(struct watch *w, struct run *r, bool done);

#endif
