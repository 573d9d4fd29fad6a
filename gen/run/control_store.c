/* SPDX-License-Identifier: BSD-3-Clause */
/* The controls on their way into the file. What is missing is NULL, and a note that begins with the
 * column's name says why. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/measure.h"
#include "run/judge.h"
#include "run/run.h"

static int note_missing(struct run *r, const char *what, const char *why, struct err *e)
{
    char text[256];
    snprintf(text, sizeof text, "%s: not measured: %s", what, why);
    int64_t now = (int64_t)(clock_now_ns(&r->clock) + r->mono_to_real_ns);
    return db_note_add(r->db, r->id, now, "info", text, e);
}

static int store_environment(struct run *r, const char *name, int64_t ns, const char *why,
                             struct err *e)
{
    char value[32];
    snprintf(value, sizeof value, "%lld", (long long)ns);
    int rc = db_env_add(r->db, r->id, name, ns == DB_NONE ? NULL : value, ENV_INFO, e);
    return rc || ns != DB_NONE ? rc : note_missing(r, name, why, e);
}

int control_store_early(struct run *r, struct err *e)
{
    const struct control *c = &r->control;
    int rc = db_run_control(r->db, r->id, &c->figures, e);
    if (!rc && c->figures.timer_wake_p50_ns == DB_NONE)
        rc = note_missing(r, "control_timer_wake_p50_ns", c->wake_why, e);
    if (!rc && c->figures.timer_wake_p99_ns == DB_NONE)
        rc = note_missing(r, "control_timer_wake_p99_ns", c->wake_why, e);
    if (!rc && isnan(c->figures.memory_copy_mib_per_s))
        rc = note_missing(r, "control_memory_copy_mib_per_s", c->copy_why, e);
    if (!rc)
        rc = store_environment(r, "noise_gap_p99_ns", c->noise_gap_p99_ns, c->noise_why, e);
    return rc ? rc : store_environment(r, "noise_gap_max_ns", c->noise_gap_max_ns, c->noise_why, e);
}

/* Receiving, engine, application and building frames. Not the calls that make the kernel transmit:
 * on a veth pair they run the receiving side of the peer. */
static double own_ticks(struct run *r)
{
    static const enum counter own[] = {COUNTER_CYCLES_RX, COUNTER_CYCLES_ENGINE, COUNTER_CYCLES_APP,
                                       COUNTER_CYCLES_TX};
    double sum = 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sum += judge_counted(r, counter_name(own[i]));
    return sum;
}

int control_store_late(struct run *r, struct err *e)
{
    double completed = judge_counted(r, "completed"), ticks = own_ticks(r);
    double ns = r->clock.source == CLOCK_SOURCE_TSC ? ticks / r->clock.tsc_hz * 1e9 : ticks;
    if (completed > 0 && ticks > 0)
        r->control.figures.cpu_per_transaction_ns = ns / completed;
    int rc = db_run_control(r->db, r->id, &r->control.figures, e);
    if (rc || (completed > 0 && ticks > 0))
        return rc;
    return note_missing(r, "control_cpu_per_transaction_ns",
                        completed > 0 ? "no time was counted in the measured phases"
                                      : "no transaction completed in the measured phases",
                        e);
}
