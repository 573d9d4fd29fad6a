/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands, notes, trials and what the peer counted: handed over by the main thread, stored by the
 * recorder, so that a run that is killed keeps them. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rec/rec_internal.h"

static void free_post(struct rec_post *p)
{
    free((void *)(uintptr_t)p->command.name);
    free((void *)(uintptr_t)p->command.argument);
    free((void *)(uintptr_t)p->command.result);
    free((void *)(uintptr_t)p->command.injected);
    free((void *)(uintptr_t)p->command.history_key);
    free((void *)(uintptr_t)p->trial.objective);
    free((void *)(uintptr_t)p->trial.reason);
    free((void *)(uintptr_t)p->trial.limited_by);
    free(p->level);
    free(p->note);
    free(p->counters);
    free(p);
}

void free_posts(struct rec *r)
{
    uint32_t n = atomic_load_explicit(&r->post_count, memory_order_relaxed);
    for (uint32_t i = 0; i < n; i++)
        free_post(r->posts[i]);
}

static char *copy(const char *text, bool *failed)
{
    char *c = text ? strdup(text) : NULL;
    *failed |= text && !c;
    return c;
}

/* Takes the post over. */
static int append(struct rec *r, struct rec_post *p, bool failed)
{
    uint32_t n = atomic_load_explicit(&r->post_count, memory_order_relaxed);
    bool asked = p->kind == POST_COMMAND || p->kind == POST_NOTE;
    if (failed || n >= (asked ? REC_ASKED_MAX : REC_POSTS_MAX)) {
        free_post(p);
        return failed ? -ENOMEM : -ENOSPC;
    }
    r->posts[n] = p;
    atomic_store_explicit(&r->post_count, n + 1, memory_order_release);
    return 0;
}

int rec_command(struct rec *r, const struct command_row *row, int phase, uint64_t now_ns)
{
    struct rec_post *p = calloc(1, sizeof *p);
    bool failed = false;
    if (!p)
        return -ENOMEM;
    *p = (struct rec_post){.kind = POST_COMMAND, .command = *row, .phase = phase, .at_ns = now_ns};
    p->command.name = copy(row->name, &failed);
    p->command.argument = copy(row->argument, &failed);
    p->command.result = copy(row->result, &failed);
    p->command.injected = copy(row->injected, &failed);
    p->command.history_key = copy(row->history_key, &failed);
    return append(r, p, failed);
}

int rec_fault(struct rec *r, const char *faults, int phase, uint64_t now_ns)
{
    struct rec_post *p = calloc(1, sizeof *p);
    bool failed = false;
    if (!p)
        return -ENOMEM;
    *p = (struct rec_post){.kind = POST_FAULT, .phase = phase, .at_ns = now_ns};
    p->command.injected = copy(faults, &failed);
    return append(r, p, failed);
}

int rec_note(struct rec *r, const char *level, const char *text, uint64_t now_ns)
{
    struct rec_post *p = calloc(1, sizeof *p);
    bool failed = false;
    if (!p)
        return -ENOMEM;
    *p = (struct rec_post){.kind = POST_NOTE, .phase = -1, .at_ns = now_ns};
    p->level = copy(level, &failed);
    p->note = copy(text, &failed);
    return append(r, p, failed);
}

int rec_trial(struct rec *r, const struct trial_row *row)
{
    struct rec_post *p = calloc(1, sizeof *p);
    bool failed = false;
    if (!p)
        return -ENOMEM;
    *p = (struct rec_post){.kind = POST_TRIAL, .trial = *row, .phase = -1};
    p->trial.objective = copy(row->objective, &failed);
    p->trial.reason = copy(row->reason, &failed);
    p->trial.limited_by = copy(row->limited_by, &failed);
    return append(r, p, failed);
}

int rec_peer(struct rec *r, const uint64_t counters[COUNTER_COUNT], uint64_t at_ns)
{
    struct rec_post *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    *p = (struct rec_post){.kind = POST_PEER, .phase = -1, .at_ns = at_ns};
    p->counters = malloc(COUNTER_COUNT * sizeof *p->counters);
    if (p->counters)
        memcpy(p->counters, counters, COUNTER_COUNT * sizeof *p->counters);
    return append(r, p, !p->counters);
}

/* Of a phase that came since this batch's phases were stored: with the next. */
static bool waits_for_phase(const struct rec *r, const struct rec_post *p)
{
    return p->phase >= 0 && !r->phases[p->phase]->id;
}

static int store_command(struct rec *r, const struct rec_post *p, struct err *e)
{
    struct command_row row = p->command;
    row.phase_id = p->phase < 0 ? DB_NONE : r->phases[p->phase]->id;
    row.at_ns = rec_unix_ns(r, p->at_ns);
    return p->kind == POST_FAULT ? db_fault_add(r->cfg.db, r->cfg.run_id, &row, e)
                                 : db_command_add(r->cfg.db, r->cfg.run_id, &row, e);
}

static int store_peer(struct rec *r, const struct rec_post *p, struct err *e)
{
    int ret = 0;
    for (int i = 0; i < COUNTER_COUNT && !ret; i++)
        if (p->counters[i])
            ret = db_iface_counter_add(r->cfg.db, r->cfg.run_id, rec_unix_ns(r, p->at_ns), "peer",
                                       counter_name((enum counter)i), p->counters[i], e);
    return ret;
}

static int store_post(struct rec *r, const struct rec_post *p, struct err *e)
{
    switch (p->kind) {
    case POST_COMMAND:
    case POST_FAULT:
        return store_command(r, p, e);
    case POST_NOTE:
        return db_note_add(r->cfg.db, r->cfg.run_id, rec_unix_ns(r, p->at_ns), p->level, p->note,
                           e);
    case POST_TRIAL:
        return db_trial_add(r->cfg.db, r->cfg.run_id, &p->trial, e);
    case POST_PEER:
        return store_peer(r, p, e);
    }
    assert(!"a kind of post");
    return -EINVAL;
}

int store_posts(struct rec *r, struct err *e)
{
    uint32_t n = atomic_load_explicit(&r->post_count, memory_order_acquire);
    int ret = 0;
    for (uint32_t i = r->posts_stored; i < n && !ret; i++) {
        struct rec_post *p = r->posts[i];
        if (p->stored || waits_for_phase(r, p))
            continue;
        ret = store_post(r, p, e);
        p->stored = p->stored_now = !ret;
    }
    return ret;
}

void settle_posts(struct rec *r, bool committed)
{
    uint32_t n = atomic_load_explicit(&r->post_count, memory_order_acquire);
    for (uint32_t i = r->posts_stored; i < n; i++) {
        struct rec_post *p = r->posts[i];
        if (p->stored_now && !committed)
            p->stored = false;
        p->stored_now = false;
        if (p->stored && i == r->posts_stored)
            r->posts_stored++;
    }
}
