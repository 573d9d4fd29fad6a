/* SPDX-License-Identifier: BSD-3-Clause */
/* The faults that a job's phases ask for, on the client's wire. */
#ifndef RUN_FAULTS_H
#define RUN_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct fault_rates;
struct job;
struct job_phase;
struct run;

enum fault_way { WAY_RX, WAY_TX, WAYS };

/* As the phase describes those of a direction; "": none. */
const char *faults_text(const struct job_phase *p, enum fault_way way);
/* Whether any phase has some: a fault wire stands for the whole run then. */
bool faults_asked(const struct job *job);
/* A phase begins, as row `phase` of the recorder: where it describes others for a direction than the
 * one before, they come into force there and are recorded; so are those of the first. Else what is in
 * force stays, also what gen ctl made of it. */
int faults_begin(struct run *r, const struct job_phase *p, uint32_t phase, struct err *e);

#endif
