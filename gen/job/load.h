/* SPDX-License-Identifier: BSD-3-Clause */
/* A job in the making: the job, what was written, and who set each field last. What was written and
 * by whom stays with the job, so that a later refusal can still name the place. */
#ifndef JOB_LOAD_H
#define JOB_LOAD_H

#include <string.h>

#include "job/entry.h"
#include "job/job.h"

struct loader {
    struct job *job; /* NULL: made */
    struct entries entries;
    const struct entry *setter[JOB_PHASES][OPTIONS_MAX]; /* NULL: the default; run keys: phase 0 */
    struct err *e;
};

/* Who set `key` in phase `phase` (0 for run keys); NULL: nobody. */
const struct entry *loader_setter(const struct loader *l, uint32_t phase, const char *key);

/* Contradictions between keys, public addresses, and defaults that depend on other keys
 * (job/check.c). */
int loader_settle(struct loader *l);
/* A wire that names a device has the world at its far end. */
static inline bool job_is_outside(const struct job *job)
{
    return strchr(job->wire, ':') != NULL;
}
/* The phase with most connections. */
uint32_t job_fullest(const struct job *job);
/* Servers, sources and ports, the family included (job/check_addresses.c). */
int check_addresses(const struct loader *l);
/* What a phase asks for; that something can be scaled (job/check_load.c). */
int check_load(const struct loader *l, uint32_t phase);
int check_scale(const struct loader *l);
/* The run's family, with the default addresses that it has (job/check_family.c). */
int check_family(const struct loader *l);
/* The same for the keys of suites (job/check_suite.c); makes job.connections the most of any step. */
int loader_settle_suite(struct loader *l);
/* Those of them that say when a phase begins and ends (job/check_phase.c). */
int check_phase_times(const struct loader *l, uint32_t phase);
/* Those of them that TCP reads (job/check_tcp.c). */
int check_tcp(const struct loader *l);
/* resolved, resolved_unseeded, overrides (job/resolve.c). */
int loader_resolve(struct loader *l);

#endif
