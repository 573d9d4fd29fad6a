/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/finding.h"

#include "base/err.h"
#include "db/row.h"

int db_trial_add(struct db *db, int64_t run_id, const struct trial_row *row, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store a trial",
                         "INSERT INTO trial (run_id, phase_id, seq, objective, requested_per_s, "
                         "achieved_per_s, passed, reason, connections, limited_by) VALUES (:run_id, "
                         ":phase_id, :seq, :objective, :requested_per_s, :achieved_per_s, :passed, "
                         ":reason, :connections, :limited_by)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":phase_id", row->phase_id}, {":seq", row->seq},
              {":passed", row->passed}, {":connections", row->connections});
    bind_texts(s, {":objective", row->objective}, {":reason", row->reason},
               {":limited_by", row->limited_by});
    db_bind_f64(s, ":requested_per_s", row->requested_per_s);
    db_bind_f64(s, ":achieved_per_s", row->achieved_per_s);
    return run_once(s, e);
}

int db_finding_add(struct db *db, int64_t run_id, const struct finding_row *row, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store a finding",
                         "INSERT INTO finding (run_id, seq, name, value, low, high, confidence, "
                         "unit, trial_seq, reason) VALUES (:run_id, :seq, :name, :value, :low, "
                         ":high, :confidence, :unit, :trial_seq, :reason)", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":run_id", run_id}, {":seq", row->seq}, {":trial_seq", row->trial_seq});
    bind_texts(s, {":name", row->name}, {":unit", row->unit}, {":reason", row->reason});
    db_bind_f64(s, ":value", row->value);
    db_bind_f64(s, ":low", row->low);
    db_bind_f64(s, ":high", row->high);
    db_bind_f64(s, ":confidence", row->confidence);
    return run_once(s, e);
}
