/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A suite (gen/suite/) within a run: its trials are phases of the run, like those of a job. After
 * each the figures are read back from the stored rows, the strategy decides, and the trial's row is
 * handed to the recorder, so that whatever ends the run, what was tried is kept.
 */
#ifndef RUN_SEEK_H
#define RUN_SEEK_H

#include "run/judge.h"
#include "run/run.h"

struct seek;

/* r->seek, where the job asks for a suite; before the workers start: what memory is used without
 * them is taken now. -errno with e set. */
int seek_open(struct run *r, struct err *e);
void seek_close(struct run *r);

/* The phase of the next trial; NULL: there is none. Good until the next call. */
const struct job_phase *seek_next(struct run *r);
/* It was measured and drained: reads it, judges it, tells the recorder. `cut`: it was ended before
 * its time and decides nothing. */
int seek_took(struct run *r, bool cut, struct err *e);

/* When all is stored: findings, the verdict on the search, what limited it. */
int seek_judge(struct run *r, struct judged *out, struct err *e);
/* Trials and findings as tables for people. */
void seek_print(struct run *r, FILE *out);

/* Whether the job names a suite that there is and rules that can be read. */
int seek_check(const struct job *job, struct err *e);

#endif
