/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/seek.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "db/db.h"
#include "db/finding.h"
#include "run/seek_internal.h"
#include "run/step.h"

/* --- before ----------------------------------------------------------------------------------- */

int seek_check(const struct job *job, struct err *e)
{
    const struct suite *suite = suite_find(job->search.suite);
    struct sla_rule rules[SLA_RULES_MAX];
    struct err why = {0};
    if (!job_searches(job))
        return 0;
    if (!suite) {
        char names[160] = "none";
        for (uint32_t i = 0; i < suite_count; i++) {
            size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, ", %s", suites[i]->name);
        }
        return job_refuse(e, job, 0, "suite", "expected one of %s", names);
    }
    int n = suite->rules ? sla_parse(suite->rules(job), rules, &why) : 0;
    if (n < 0)
        return job_refuse(e, job, 0, suite->rules_key, "%s", why.message);
    if (suite->rules && !n)
        return job_refuse(e, job, 0, suite->rules_key, "expected at least one rule, as p99<1ms");
    return 0;
}

static int64_t resident_bytes(void)
{
    struct process_use use;
    if (process_use(getpid(), 0, &use) || use.rss_bytes < 0)
        return -1;
    return use.rss_bytes + (use.hugetlb_bytes > 0 ? use.hugetlb_bytes : 0);
}

int seek_open(struct run *r, struct err *e)
{
    const struct suite *suite = suite_find(r->job->search.suite);
    if (!suite)
        return 0;
    struct seek *k = calloc(1, sizeof *k);
    if (!k)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory for the trials of a suite");
    r->seek = k;
    k->base_bytes = resident_bytes();
    k->next = SUITE_MORE;
    search_init(&k->search, suite, r->job);
    search_objective(&k->search, k->objective, sizeof k->objective);
    if (suite->rules)
        k->rules_count = sla_parse(suite->rules(r->job), k->rules, e);
    return k->rules_count < 0 ? k->rules_count : 0;
}

void seek_close(struct run *r)
{
    free(r->seek);
    r->seek = NULL;
}

/* --- a trial ---------------------------------------------------------------------------------- */

const struct job_phase *seek_next(struct run *r)
{
    struct seek *k = r->seek;
    uint64_t now = clock_now_ns(&r->clock);
    k->began_ns = k->began_ns ? k->began_ns : now;
    k->search.elapsed_ns = now - k->began_ns;
    k->next = search_next(&k->search, &k->phase);
    return k->next == SUITE_MORE ? &k->phase : NULL;
}

/* The workers hand over what they have counted since the drain began; then it is stored, and read
 * over a connection of its own. */
static int settle(struct run *r, struct err *e)
{
    step_command(r, (struct worker_command){.mode = CLIENT_IDLE, .phase = r->phase},
                 &r->seek->phase, false);
    while (!step_done(r, r->commands))
        step_pause(STEP_POLL_NS);
    rec_sync(r->rec);
    return r->reader ? 0 : db_open(r->job->db, DB_READ, &r->reader, e);
}

static int tell(struct run *r, const struct trial *t, uint32_t seq, int64_t phase_id, struct err *e)
{
    const struct seek *k = r->seek;
    struct trial_row row = {
        .phase_id = phase_id, .seq = seq, .objective = k->objective[0] ? k->objective : NULL,
        .requested_per_s = t->result.requested_per_s, .achieved_per_s = t->result.achieved_per_s,
        .passed = t->passed == TRIAL_OPEN ? DB_NONE : t->passed, .reason = t->reason,
        .connections = t->result.connections,
        .limited_by = t->result.late ? "generator" : t->result.limited_by,
    };
    int rc = rec_trial(r->rec, &row);
    return rc ? err_set(e, EXIT_RUN, rc, "no room for another trial") : 0;
}

int seek_took(struct run *r, bool cut, struct err *e)
{
    struct seek *k = r->seek;
    struct trial_result result;
    int64_t phase_id;
    int rc = settle(r, e);
    if (rc)
        return rc;
    if (!seek_read(r, &result, &phase_id))
        return cut ? 0
                   : err_set(e, EXIT_RUN, -EIO, "%s: nothing of it was stored: expected its "
                                                "intervals", k->phase.name);
    uint32_t seq = k->search.count + 1;
    if (!cut)
        return tell(r, search_take(&k->search, &result), seq, phase_id, e);
    struct trial t = {.result = result, .passed = TRIAL_OPEN};
    snprintf(t.reason, sizeof t.reason, "ended before its time: decides nothing");
    return tell(r, &t, seq, phase_id, e);
}

/* --- after ------------------------------------------------------------------------------------ */

static int store_findings(struct run *r, struct err *e)
{
    const struct seek *k = r->seek;
    int rc = 0;
    for (uint32_t i = 0; i < k->found.count && !rc; i++) {
        const struct suite_finding *f = &k->found.rows[i];
        struct finding_row row = {
            .seq = i + 1, .name = f->name, .value = f->value, .low = f->low, .high = f->high,
            .confidence = f->confidence, .unit = f->unit,
            .trial_seq = f->trial < 0 ? DB_NONE : f->trial + 1, .reason = f->reason,
        };
        rc = db_finding_add(r->db, r->id, &row, e);
    }
    return rc;
}

/* Whether the peer broke in some trial. */
static bool any_broken(const struct search *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->trials[i].passed == TRIAL_FAILED)
            return true;
    return false;
}

/* Found; found, but wider than asked for; shown not to be there; or not decided. */
static enum sla_state state_of(const struct seek *k)
{
    bool found = k->found.count && !isnan(k->found.rows[0].value);
    if (k->next == SUITE_FINISHED && (found || any_broken(&k->search)))
        return found ? SLA_PASS : SLA_FAIL;
    return found && k->next == SUITE_UNDECIDED ? SLA_WARN : SLA_NOT_MEASURED;
}

static int store_verdict(struct run *r, struct judged *out, struct err *e)
{
    const struct seek *k = r->seek;
    const struct suite_finding *f = &k->found.rows[0];
    enum sla_state state = state_of(k);
    char rule[96];
    snprintf(rule, sizeof rule, "suite = %s", k->search.suite->name);
    struct verdict_row row = {
        .phase_id = DB_NONE, .rule = rule, .metric = f->name, .op = ">", .unit = f->unit,
        .target = 0, .actual = f->value, .samples = DB_NONE, .state = sla_state_name(state),
        .reason = f->reason,
    };
    out->states[state]++;
    return db_verdict_add(r->db, r->id, &row, e);
}

/* What stopped the search is what limited the run: its trials together say nothing. */
static void take_limit(const struct seek *k, struct judged *out)
{
    const struct suite_finding *f = &k->found.rows[k->found.count - 1];
    const struct trial *t = f->trial < 0 ? NULL : &k->search.trials[f->trial];
    out->limited_by = !t                  ? "load"
                      : t->result.late    ? "generator"
                      : t->result.limited_by ? t->result.limited_by
                                          : "unknown";
    snprintf(out->evidence, sizeof out->evidence, "%s",
             !t               ? "the highest load of the search was carried"
             : t->result.late ? t->result.late_why
                              : t->result.limit_evidence);
}

int seek_judge(struct run *r, struct judged *out, struct err *e)
{
    struct seek *k = r->seek;
    *out = (struct judged){.valid = true}; /* each trial was judged by itself */
    search_findings(&k->search, &k->found);
    take_limit(k, out);
    int rc = store_findings(r, e);
    return rc ? rc : store_verdict(r, out, e);
}
