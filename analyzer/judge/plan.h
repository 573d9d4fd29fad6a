/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a comparison compares: the runs of both sides and those of the history, chosen before any
 * figure is read. A replay takes them from a stored verdict instead.
 */
#ifndef ANALYZER_JUDGE_PLAN_H
#define ANALYZER_JUDGE_PLAN_H

#include "analyzer/keep.h"
#include "analyzer/query.h"

#define PLAN_HISTORY_RUNS 400 /* the newest: what lies further back says little about today */

struct id_list {
    int64_t *ids;
    size_t count;
};

struct plan {
    const char *name; /* of the baseline */
    bool paired;      /* an interleaved set: run i of A and run i of B are a pair */
    bool forced;
    struct id_list a, b, history; /* each run once, in one of them */
    int64_t history_before_ns;    /* VALUES_ALL: up to now; else from the start of side B */
    const char **notes;           /* what was left out, and why */
    size_t note_count;
    struct keep keep;
};

/* Side A is the baseline `name`, side B the runs given (none: the last). A run given twice counts
 * once, a run of side B does not count as baseline. With the name COMPARISON_INTERLEAVED: the set
 * of the run given, or the last one. EXIT_INCONCLUSIVE -ENOENT: there is no such baseline yet, or
 * nothing of it is left. plan_fini in any case. */
int plan_choose(struct db *db, const char *name, const char *const *runs, size_t count,
                struct plan *out, struct err *e);
/* The same with side B by id. */
int plan_choose_ids(struct db *db, const char *name, const int64_t *runs, size_t count,
                    struct plan *out, struct err *e);

/* Fills plan.history for the history key of side B: done, valid runs begun before it (up to now
 * when history_before_ns says so) that are on neither side; oldest first. */
int plan_history(struct db *db, struct plan *p, struct err *e);

int plan_add(struct id_list *list, int64_t id, struct err *e);
bool plan_holds(const struct id_list *list, int64_t id);
/* "[3,4,7]"; NULL without memory. The caller frees. */
char *plan_json(const struct id_list *list);
void plan_note(struct plan *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void plan_fini(struct plan *p);

#endif
