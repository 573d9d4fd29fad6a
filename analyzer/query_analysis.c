/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_analysis.h"

int query_analyses(struct db *db, struct db_stmt **out, struct err *e)
{
    return db_prepare(db, "list the verdicts",
                      "SELECT id, at_ns, kind, run_id, baseline, inputs_hash, seed, "
                      "NULL AS parameters, tool_version, verdict, NULL AS result "
                      "FROM analysis ORDER BY id",
                      out, e);
}

int query_analysis(struct db *db, int64_t id, struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, "read the verdict", "SELECT * FROM analysis WHERE id = :id", out, e);
    if (ret == 0)
        db_bind_i64(*out, ":id", id);
    return ret;
}

int query_analysis_next(struct db_stmt *s, struct analysis_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct analysis_info){
            .id = db_col_i64(s, "id"),
            .at_ns = db_col_i64(s, "at_ns"),
            .run_id = query_int(s, "run_id"),
            .seed = query_int(s, "seed"),
            .kind = db_col_text(s, "kind"),
            .baseline = db_col_text(s, "baseline"),
            .inputs_hash = db_col_text(s, "inputs_hash"),
            .parameters = db_col_text(s, "parameters"),
            .tool_version = db_col_text(s, "tool_version"),
            .verdict = db_col_text(s, "verdict"),
            .result = db_col_text(s, "result"),
        };
    return ret;
}
