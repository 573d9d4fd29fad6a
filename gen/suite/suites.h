/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of suites, in the order in which people read it. A line declares name_suite, which
 * gen/suite/name.c defines, and puts it into suites.
 */
#ifndef SUITE_SUITES_H
#define SUITE_SUITES_H

#include "suite/knee.h"
#include "suite/suite.h"

#define SUITES(X)                                                                                  \
    X(limits)                                                                                      \
    X(find_max)                                                                                    \
    X(capacity)                                                                                    \
    X(scale_steps)                                                                                 \
    X(rfc9411)

#define SUITE_DECLARE(name) extern const struct suite name##_suite;
SUITES(SUITE_DECLARE)
#undef SUITE_DECLARE

/* --- what strategies share ------------------------------------------------------------------ */

/* The load of a trial: a constant rate where the job's shape has none; NAN: max. */
void phase_rate(struct job_phase *p, double per_s);
/* step_time, or as long as it takes until step_completions are there at nine tenths of the rate. */
uint64_t phase_time_ns(const struct job *job, double per_s);

/* A trial that says nothing of the peer: the generator was late. True: it is judged. */
bool judge_late(struct trial *t);
/* Nine tenths of what was asked for must be achieved. True: they were not, and it is judged. */
#define ACHIEVED_LEAST 0.90
bool judge_achieved(struct trial *t);
/* The ruling of whoever held the trial against the rules. */
void judge_objective(struct trial *t);

/* A new row, all figures NAN; the last one is used again when the table is full. */
struct suite_finding *finding_add(struct suite_findings *f, const char *unit, const char *name, ...)
    __attribute__((format(printf, 3, 4)));
void finding_say(struct suite_finding *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The knee's x and trial into a row, or why there is none. Returns the knee, NULL: none. */
const struct knee_point *finding_knee(struct suite_finding *row, const struct knee_point *points,
                                      uint32_t n, enum knee_shape shape);
/* The row "limited_by" about a trial; NULL: nothing stopped the search before its highest load. */
void finding_limit(struct suite_findings *f, const struct search *s, const struct trial *t);

static inline int32_t trial_index(const struct search *s, const struct trial *t)
{
    return (int32_t)(t - s->trials);
}

#endif
