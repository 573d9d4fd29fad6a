/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a search goes when every trial holds: what can be said of it before anything is measured. One
 * that fails ends it earlier, or has find_max look below.
 */
#ifndef RUN_FORESEE_H
#define RUN_FORESEE_H

#include <stdint.h>

struct job;
struct job_phase;

/* Called with each trial's phase, in order; its number from 1. */
typedef void foresee_trial(void *ctx, uint32_t number, const struct job_phase *p);
/* How many trials there are; 0: no suite, or no memory to tell. */
uint32_t foresee(const struct job *job, foresee_trial *each, void *ctx);

#endif
