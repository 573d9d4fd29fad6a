/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules whose figure the summary does not give, because too few samples lie behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/db.h"
#include "db/histblob.h"
#include "run/judge.h"
#include "run/sla_few.h"

/* The percentile that a rule is on, or NULL. */
static const struct stored_percentile *percentile_of(const struct sla_rule *rule)
{
    char column[24];
    snprintf(column, sizeof column, "%s_ns", rule->metric->name);
    for (size_t i = 0; i < STORED_PERCENTILES; i++)
        if (!strcmp(stored_percentiles[i].column, column))
            return &stored_percentiles[i];
    return NULL;
}

/* Latencies of all measured phases; stays empty when there are none or they cannot be read. */
static void read_latencies(struct run *r, struct hist_sum *h)
{
    struct db_stmt *s;
    struct err e = {0};
    size_t len = 0;
    hist_sum_reset(h);
    if (db_prepare(r->db, "read the latencies of the run",
                   "SELECT blob, overflow FROM summary WHERE run_id = :run AND phase_id IS NULL "
                   "AND time = 'latency'",
                   &s, &e))
        return;
    db_bind_i64(s, ":run", r->id);
    if (db_step(s, &e) == 1) {
        const void *blob = db_col_blob(s, "blob", &len);
        if (blob && !histblob_decode(blob, len, h)) {
            h->overflow += (uint64_t)db_col_i64(s, "overflow");
            h->count += (uint64_t)db_col_i64(s, "overflow");
        }
    }
    db_finish(s);
}

void judge_few(struct run *r, const struct sla_rule *rule, struct verdict_row *row, char *reason,
               size_t size)
{
    static const char *const states[] = {
        [RULING_SUPPORTED] = "PASS", [RULING_REFUTED] = "FAIL", [RULING_OPEN] = "NOT_MEASURED"};
    struct sla_few few;
    const struct stored_percentile *p = percentile_of(rule);
    struct hist_sum *h = p ? malloc(sizeof *h) : NULL;
    row->state = "NOT_MEASURED";
    row->reason = "nothing was measured for it";
    if (!h)
        return;
    read_latencies(r, h);
    sla_few_judge(rule, p->num, p->den, h, &few);
    row->state = states[few.ruling];
    row->reason = sla_few_reason(&few, reason, size);
    free(h);
}
