/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of everything counted, and the ids under which this file knows them. */
#include "rec/rec_internal.h"

struct namer {
    struct db_stmt *insert, *select;
};

static int name_id(struct namer *n, const char *kind, const char *name, const char *meaning,
                   bool max, int64_t *id, struct err *e)
{
    db_bind_text(n->insert, ":kind", kind);
    db_bind_text(n->insert, ":name", name);
    db_bind_text(n->insert, ":rollup", max ? "max" : "sum");
    db_bind_text(n->insert, ":meaning", meaning);
    int ret = db_run(n->insert, e);
    if (ret)
        return ret;
    db_bind_text(n->select, ":kind", kind);
    db_bind_text(n->select, ":name", name);
    ret = db_step(n->select, e);
    if (ret == 1)
        *id = db_col_i64(n->select, "id");
    db_reset(n->select);
    return ret < 0 ? ret : 0;
}

static const char *result_meaning(enum result r)
{
    static const char *const meanings[] = {
#define X(NAME, name, meaning) meaning,
        RESULT_LIST(X)
#undef X
    };
    return meanings[r];
}

static int name_all(struct store *s, struct namer *n, struct err *e)
{
    int ret = 0;
    for (enum counter i = 0; i < COUNTER_COUNT && !ret; i++)
        ret = name_id(n, "counter", counter_name(i), counter_meaning(i), counter_is_max(i),
                      &s->counter_ids[i], e);
    for (enum result i = 0; i < RESULT_COUNT && !ret; i++)
        ret = name_id(n, "result", result_name(i), result_meaning(i), false, &s->result_ids[i], e);
    for (enum result i = 0; i < RESULT_COUNT && !ret; i++)
        ret = name_id(n, "connect_error", result_name(i), result_meaning(i), false,
                      &s->error_ids[i], e);
    for (enum drop i = 0; i < DROP_COUNT && !ret; i++)
        ret = name_id(n, "drop", drop_name(i), drop_meaning(i), false, &s->drop_ids[i], e);
    return ret;
}

int store_names(struct store *s, struct db *db, struct err *e)
{
    struct namer n = {NULL, NULL};
    int ret = db_prepare(db, "store the counters' names",
                         "INSERT INTO counter_name (kind, name, rollup, meaning) VALUES (:kind, "
                         ":name, :rollup, :meaning) ON CONFLICT DO NOTHING", &n.insert, e);
    if (!ret)
        ret = db_prepare(db, "read the counters' names",
                         "SELECT id FROM counter_name WHERE kind = :kind AND name = :name",
                         &n.select, e);
    if (!ret)
        ret = db_begin(db, "store the counters' names", e);
    if (!ret)
        ret = name_all(s, &n, e);
    if (!ret)
        ret = db_commit(db, "store the counters' names", e);
    db_rollback(db);
    db_finish(n.insert);
    db_finish(n.select);
    return ret;
}
