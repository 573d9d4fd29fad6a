/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/faults.h"

#include <string.h>

#include "base/err.h"
#include "rec/rec.h"
#include "run/live.h"
#include "run/run.h"
#include "wire/fault.h"

const char *faults_text(const struct job_phase *p, enum fault_way way)
{
    const char *own = way == WAY_RX ? p->fault_rx : p->fault_tx;
    return *own ? own : p->fault;
}

bool faults_asked(const struct job *job)
{
    bool any = false;
    for (uint32_t i = 0; i < job->phases_count; i++)
        any |= *faults_text(&job->phases[i], WAY_RX) || *faults_text(&job->phases[i], WAY_TX);
    return any;
}

static bool is_other(const struct run *r, const struct job_phase *p, enum fault_way way)
{
    const char *before = r->faulted ? faults_text(r->faulted, way) : "";
    return strcmp(before, faults_text(p, way)) != 0;
}

/* "loss=1%", or with the way that it holds for; "none" ends what was. */
static void record(struct run *r, const char *way, const char *text, uint32_t phase, uint64_t now_ns)
{
    char detail[JOB_TEXT + 8];
    snprintf(detail, sizeof detail, "%s%s", way, *text ? text : "none");
    if (rec_fault(r->rec, detail, (int)phase, now_ns))
        log_warn(&r->log, "faults changed to %s, and it could not be recorded", detail);
}

static void record_others(struct run *r, const struct job_phase *p, const bool other[WAYS],
                          uint32_t phase, uint64_t now_ns)
{
    const char *rx = faults_text(p, WAY_RX), *tx = faults_text(p, WAY_TX);
    if (other[WAY_RX] && other[WAY_TX] && !strcmp(rx, tx)) {
        record(r, "", rx, phase, now_ns);
        return;
    }
    if (other[WAY_RX])
        record(r, "rx ", rx, phase, now_ns);
    if (other[WAY_TX])
        record(r, "tx ", tx, phase, now_ns);
}

static int change(struct run *r, const struct job_phase *p, const bool other[WAYS], struct err *e)
{
    struct fault_rates rates[WAYS];
    for (enum fault_way way = 0; way < WAYS; way++) {
        int rc = fault_parse(faults_text(p, way), &rates[way], e);
        if (rc)
            return rc;
        if (other[way])
            snprintf(r->live->faults[way], sizeof r->live->faults[way], "%s", faults_text(p, way));
    }
    int rc = fault_change(r->wires.fault, other[WAY_RX] ? &rates[WAY_RX] : NULL,
                          other[WAY_TX] ? &rates[WAY_TX] : NULL);
    return rc ? err_set(e, EXIT_RUN, rc, "no memory for other faults") : 0;
}

/* The wire was opened with those of the first phase. */
int faults_begin(struct run *r, const struct job_phase *p, uint32_t phase, struct err *e)
{
    const bool other[WAYS] = {is_other(r, p, WAY_RX), is_other(r, p, WAY_TX)};
    bool any = other[WAY_RX] || other[WAY_TX];
    uint64_t now_ns = clock_now_ns(&r->clock);
    int rc = r->faulted && any ? change(r, p, other, e) : 0;
    if (!rc)
        record_others(r, p, other, phase, now_ns);
    r->faulted = p;
    return rc;
}
