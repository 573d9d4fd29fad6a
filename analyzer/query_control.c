/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_control.h"

#include <stdio.h>

int query_missing_reason(struct db *db, int64_t run_id, const char *column, char *out, size_t size,
                         struct err *e)
{
    struct db_stmt *s = NULL;
    char begin[96];
    out[0] = '\0';
    snprintf(begin, sizeof begin, "%s: not measured: ", column);
    int ret = db_prepare(db, "read the notes",
                         "SELECT substr(text, length(:begin) + 1) AS reason FROM note WHERE "
                         "run_id = :run_id AND substr(text, 1, length(:begin)) = :begin "
                         "ORDER BY id DESC LIMIT 1",
                         &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":run_id", run_id);
    db_bind_text(s, ":begin", begin);
    ret = db_step(s, e);
    if (ret == 1 && db_col_text(s, "reason"))
        snprintf(out, size, "%s", db_col_text(s, "reason"));
    db_finish(s);
    return ret < 0 ? ret : 0;
}
