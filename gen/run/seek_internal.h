/* SPDX-License-Identifier: BSD-3-Clause */
/* What seek.c, seek_figures.c and seek_print.c share. */
#ifndef RUN_SEEK_INTERNAL_H
#define RUN_SEEK_INTERNAL_H

#include "run/seek.h"
#include "suite/suite.h"

struct seek {
    struct job_phase phase; /* of the trial that is on */
    char objective[JOB_TEXT + 80];
    int rules_count;
    struct sla_rule rules[SLA_RULES_MAX];
    uint64_t began_ns;      /* the first trial; 0: none yet */
    int64_t base_bytes;     /* resident before the workers reserved anything; -1: not known */
    enum suite_next next;   /* as the strategy said last */
    struct search search;
    struct suite_findings found;
};

/* All figures of the trial that has just been stored. False: it has no rows. */
bool seek_read(struct run *r, struct trial_result *out, int64_t *phase_id);

#endif
