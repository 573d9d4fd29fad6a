/* SPDX-License-Identifier: BSD-3-Clause */
/* Short ways to bind what may be missing, for the files that write rows. */
#ifndef DB_ROW_H
#define DB_ROW_H

#include "db/db.h"
#include "db/run_row.h"

struct text_bind {
    const char *name, *value;
};
struct int_bind {
    const char *name;
    int64_t value;
};

static inline void bind_int(struct db_stmt *s, const char *name, int64_t value)
{
    if (value == DB_NONE)
        db_bind_null(s, name);
    else
        db_bind_i64(s, name, value);
}

#define bind_texts(s, ...) bind_texts_n((s), (const struct text_bind[]){__VA_ARGS__}, \
                           sizeof((const struct text_bind[]){__VA_ARGS__}) / sizeof(struct text_bind))
#define bind_ints(s, ...) bind_ints_n((s), (const struct int_bind[]){__VA_ARGS__}, \
                          sizeof((const struct int_bind[]){__VA_ARGS__}) / sizeof(struct int_bind))

static inline void bind_texts_n(struct db_stmt *s, const struct text_bind *binds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        db_bind_text(s, binds[i].name, binds[i].value);
}

static inline void bind_ints_n(struct db_stmt *s, const struct int_bind *binds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bind_int(s, binds[i].name, binds[i].value);
}

/* Runs a statement that is used once. */
static inline int run_once(struct db_stmt *s, struct err *e)
{
    int ret = db_run(s, e);
    db_finish(s);
    return ret;
}

#endif
