/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_search.h"

int query_trials(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(
        db, "read the trials",
        "SELECT t.seq, t.passed, t.connections, t.requested_per_s, t.achieved_per_s, t.objective, "
        "t.reason, t.limited_by, p.name AS phase, s.p50_ns, s.p99_ns, s.mean_ns, "
        "(SELECT 100.0 * sum(i.completed) / nullif(sum(i.completed) + sum(i.failed), 0) "
        "  FROM phase q JOIN interval i ON i.phase_id = q.id WHERE q.run_id = t.run_id AND "
        "  (q.id = p.id OR (q.seq = p.seq + 1 AND q.kind = 'drain'))) AS success_percent "
        "FROM trial t LEFT JOIN phase p ON p.id = t.phase_id LEFT JOIN summary s ON "
        "s.run_id = t.run_id AND s.phase_id = t.phase_id AND s.time = 'latency' "
        "WHERE t.run_id = :run_id ORDER BY t.seq",
        run_id, out, e);
}

int query_trials_next(struct db_stmt *s, struct trial_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    *out = (struct trial_info){
        .seq = query_int(s, "seq"),
        .passed = query_int(s, "passed"),
        .connections = query_int(s, "connections"),
        .requested_per_s = db_col_f64(s, "requested_per_s"),
        .achieved_per_s = db_col_f64(s, "achieved_per_s"),
        .success_percent = db_col_f64(s, "success_percent"),
        .latency_p50_us = db_col_f64(s, "p50_ns") / 1e3,
        .latency_p99_us = db_col_f64(s, "p99_ns") / 1e3,
        .latency_mean_us = db_col_f64(s, "mean_ns") / 1e3,
        .phase = db_col_text(s, "phase"),
        .objective = db_col_text(s, "objective"),
        .reason = db_col_text(s, "reason"),
        .limited_by = db_col_text(s, "limited_by"),
    };
    return 1;
}

int query_findings(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(
        db, "read the findings",
        "SELECT name, value, low, high, confidence, unit, trial_seq, reason FROM finding "
        "WHERE run_id = :run_id ORDER BY seq",
        run_id, out, e);
}

int query_findings_next(struct db_stmt *s, struct finding_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    *out = (struct finding_info){
        .name = db_col_text(s, "name"),
        .unit = db_col_text(s, "unit"),
        .reason = db_col_text(s, "reason"),
        .value = db_col_f64(s, "value"),
        .low = db_col_f64(s, "low"),
        .high = db_col_f64(s, "high"),
        .confidence = db_col_f64(s, "confidence"),
        .trial_seq = query_int(s, "trial_seq"),
    };
    return 1;
}
