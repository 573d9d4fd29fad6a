/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a run stands, for gen ctl. */
#include <jansson.h>
#include <math.h>

#include "run/live.h"

static json_t *figure(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *percentile(const struct hist_sum *h, uint64_t num)
{
    return figure(percentile_supported(h->count, num, 100)
                      ? (double)hist_sum_percentile_ns(h, num, 100) / 1e3
                      : NAN);
}

static json_t *faults_object(const struct run *r)
{
    return r->wires.fault
               ? json_pack("{s:s, s:s}", "rx", r->live->faults[0], "tx", r->live->faults[1])
               : json_null();
}

static json_t *phase_object(const struct live_phase *in, uint64_t now_ns)
{
    if (!*in->kind)
        return json_null();
    return json_pack("{s:s, s:s, s:b, s:o, s:o}", "name", in->name, "kind", in->kind, "measured",
                     in->measured, "offered_rate_per_s", figure(in->offered_per_s), "left_s",
                     figure(live_left_s(in, now_ns)));
}

static json_t *status_object(struct run *r, const struct live_phase *in, uint64_t now_ns)
{
    struct live *l = r->live;
    rec_totals(r->rec, &l->totals);
    const struct rec_totals *t = &l->totals;
    double at_s = (double)((int64_t)(now_ns + r->mono_to_real_ns) - l->run.started_ns) / 1e9;
    return json_pack(
        "{s:b, s:I, s:s, s:s, s:I, s:s, s:f, s:o, s:I, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "ok", 1,
        "run", (json_int_t)r->id, "uuid", r->uuid, "workload_id", r->workload_id, "pid",
        (json_int_t)l->run.pid, "db", r->job->db, "at_s", at_s, "phase", phase_object(in, now_ns),
        "open_connections", (json_int_t)t->open_connections, "transactions_per_s",
        figure(l->transactions_per_s), "started", (json_int_t)t->counters[COUNTER_STARTED],
        "completed", (json_int_t)t->counters[COUNTER_COMPLETED], "failed",
        (json_int_t)t->counters[COUNTER_FAILED], "latency_p50_us", percentile(&t->latency, 50),
        "latency_p99_us", percentile(&t->latency, 99), "faults", faults_object(r));
}

void steer_status(FILE *reply, struct run *r, const struct live_phase *in, uint64_t now_ns)
{
    steer_put(reply, status_object(r, in, now_ns));
}
