/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a finished run is worth: its rules (verdicts), whether the generator kept its promises
 * (valid), and what stopped it from doing more. Everything is read back from the stored rows, so
 * that what is judged is what was recorded.
 */
#ifndef RUN_JUDGE_H
#define RUN_JUDGE_H

#include "run/run.h"

struct judged {
    bool failed, missing; /* some rule; some rule had nothing to judge */
    bool valid;
    char invalid_reason[160];
    const char *limited_by;
    char evidence[400];
};

/* Stores the verdicts; call when the recorder has closed and the peer has ended. */
int judge_run(struct run *r, struct judged *out, struct err *e);
/* A figure of the view run_summary; NAN when it is NULL. */
double judge_figure(struct run *r, const char *column);
/* A counter's sum over the measured phases; 0 when it never moved. */
double judge_counted(struct run *r, const char *name);

/* A rule whose figure is NULL: what the samples of a percentile say about it all the same; state
 * and reason of `row`. `reason`: room for the text. */
struct sla_rule;
struct verdict_row;
void judge_few(struct run *r, const struct sla_rule *rule, struct verdict_row *row, char *reason,
               size_t size);

#endif
