/* SPDX-License-Identifier: BSD-3-Clause */
/* Trials of a search: told by the main thread as they end, stored by the recorder, so that a run
 * that is killed keeps them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rec/rec_internal.h"

static char *copy_text(const char *text)
{
    return text ? strdup(text) : NULL;
}

int rec_trial(struct rec *r, const struct trial_row *row)
{
    uint32_t n = atomic_load_explicit(&r->trial_count, memory_order_relaxed);
    if (n == REC_TRIALS_MAX)
        return -ENOSPC;
    struct trial_row *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    *t = *row;
    t->objective = copy_text(row->objective);
    t->reason = copy_text(row->reason);
    t->limited_by = copy_text(row->limited_by);
    r->trials[n] = t;
    atomic_store_explicit(&r->trial_count, n + 1, memory_order_release);
    return 0;
}

void trials_free(struct rec *r)
{
    for (uint32_t i = 0; i < atomic_load(&r->trial_count); i++) {
        struct trial_row *row = r->trials[i];
        free((void *)(uintptr_t)row->objective);
        free((void *)(uintptr_t)row->reason);
        free((void *)(uintptr_t)row->limited_by);
        free(row);
    }
}

bool trials_due(const struct rec *r)
{
    return r->trials_stored < atomic_load_explicit(&r->trial_count, memory_order_acquire);
}

int store_trials(struct rec *r, struct err *e)
{
    uint32_t n = atomic_load_explicit(&r->trial_count, memory_order_acquire);
    int ret = 0;
    for (r->trials_now = r->trials_stored; r->trials_now < n && !ret; r->trials_now += !ret)
        ret = db_trial_add(r->cfg.db, r->cfg.run_id, r->trials[r->trials_now], e);
    return ret;
}

void settle_trials(struct rec *r, bool committed)
{
    if (committed)
        r->trials_stored = r->trials_now;
    r->trials_now = r->trials_stored;
}
