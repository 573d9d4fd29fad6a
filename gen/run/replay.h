/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `replay =` names, read into the job before the run: the arrival times of shape replay, from
 * a file of numbers (load/arrivals.h) or from the raw samples of an earlier run.
 */
#ifndef RUN_REPLAY_H
#define RUN_REPLAY_H

#include "job/job.h"
#include "load/arrivals.h"

/*
 * Reads the list of every phase that replays one and has none yet, and stores its hash in the job's
 * resolved texts. 0, or -errno with a message that names the key, the file and its line.
 */
int replay_load(struct job *job, struct err *e);
/* The intended starts of a run's measured phases, from the start of the first of them, in order.
 * EXIT_USAGE: no such run, it still runs, or not every one of its transactions was recorded. */
int replay_read_run(const char *path, int64_t run_id, struct arrivals *out, struct err *e);
/* What is replayed, for people: "15000 arrivals over 2.999 s from run:7 (120000 bytes of memory)".
 */
void replay_describe(const struct job_phase *phase, char *buf, size_t size);

#endif
