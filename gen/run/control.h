/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Negative controls and the noise floor: what the machine does to a run before the run exists.
 * Figures that the code under test cannot move; when they differ between two runs, the machine
 * does. Measured before wires, workers and recorder, so that they change none of the run's own
 * figures. In all at most 0.3 s.
 */
#ifndef RUN_CONTROL_H
#define RUN_CONTROL_H

#include <stdint.h>

#include "db/run_row.h"

struct clock;
struct err;
struct run;

#define CONTROL_WAKES         1000 /* as many as a p99 needs */
#define CONTROL_WAKE_SLEEP_NS 100000
#define CONTROL_COPY_BYTES                                                                         \
    (32u << 20) /* from one such buffer to another: beyond what a core has                         \
                 * for itself, the same on every machine */
#define CONTROL_COPIES_MAX 9
#define CONTROL_COPIES_MIN 3

struct control {
    struct run_control figures; /* cpu_per_transaction_ns: NAN until the run has ended */
    int64_t noise_gap_p99_ns, noise_gap_max_ns;      /* DB_NONE: not measured */
    char wake_why[96], copy_why[96], noise_why[160]; /* why one is missing; empty: none is */
};

/* Never fails: what cannot be had is missing, with the reason. `cpus`: those of the workers (-1:
 * anywhere), `n` of them. */
void control_measure(const struct clock *clock, const int *cpus, uint32_t n, struct control *out);

/* The two figures of `n` wake-ups; sorts them. */
void control_judge_wakes(uint64_t *late_ns, uint32_t n, struct control *out);
/* The median of `n` copies' lengths; sorts them. */
void control_judge_copies(uint64_t *took_ns, uint32_t n, struct control *out);

/* Stores what control_measure found into the run's row and environment, with a note for each
 * figure that is missing. */
int control_store_early(struct run *r, struct err *e);
/* When the last interval is stored: the generator's own CPU a transaction. */
int control_store_late(struct run *r, struct err *e);

#endif
