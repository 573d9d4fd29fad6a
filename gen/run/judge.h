/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a finished run is worth: its rules (verdicts), whether its phases settled, whether the
 * generator kept its promises (valid), and what stopped it from doing more. Everything is read back
 * from the stored rows, so that what is judged is what was recorded.
 */
#ifndef RUN_JUDGE_H
#define RUN_JUDGE_H

#include "run/figures.h"
#include "run/run.h"
#include "run/sla.h"

struct judged {
    uint32_t states[SLA_STATES]; /* rules by what became of them */
    bool valid;
    char invalid_reason[240];
    const char *limited_by;
    char evidence[400];
};

/* Stores the verdicts; call when the recorder has closed and the peer has ended. */
int judge_run(struct run *r, struct judged *out, struct err *e);
/* A figure of the view run_summary; NAN when it is NULL. */
double judge_figure(struct run *r, const char *column);
/* A counter's sum over the measured phases; 0 when it never moved. */
double judge_counted(struct run *r, const char *name);

/* What rules are judged on: a measured phase of the job with what belongs to it, or the run. */
struct judge_scope {
    struct figure_scope rows;
    const struct job_phase *phase; /* NULL: all of them */
    int64_t phase_id;              /* of the verdicts' rows; DB_NONE: the run */
    bool ran;
};
void judge_scope_of(struct run *r, const struct job_phase *phase, struct judge_scope *out);

/* A percentile that lies on too few samples to be given: what they say about the rule all the same.
 * `reason`: room for the text. */
enum sla_state judge_few(const struct judge_scope *s, const struct sla_rule *rule, char *reason,
                         size_t size);
/* Why the figure has no meaning there; NULL: it has. `value` is what was read. */
const char *judge_inapplicable(struct run *r, const struct judge_scope *s,
                               const struct figure_name *f, double value);
/* Why it was not measured. */
const char *judge_missing(const struct figure_name *f);
/* judge_valid.c: fills valid and invalid_reason. */
void judge_validity(struct run *r, struct judged *out);

#endif
