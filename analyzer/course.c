/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/course.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/query_course.h"
#include "analyzer/summary.h"
#include "base/err.h"

#define MIB 1048576.0

static double seconds_of(const struct summary *s, int64_t at_ns)
{
    return (double)ns_between(s->run.started_ns, at_ns) / 1e9;
}

/* Room for one more of `size` bytes each; NULL, with a message: no memory. */
static void *more(void *items, size_t *count, size_t size, struct err *e)
{
    bool full = (*count & (*count - 1)) == 0; /* 0, 1, 2, 4 ... */
    void **at = items;
    if (full) {
        void *grown = realloc(*at, (*count ? 2 * *count : 1) * size);
        if (!grown) {
            err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the course of the run");
            return NULL;
        }
        *at = grown;
    }
    void *item = (char *)*at + *count * size;
    memset(item, 0, size);
    ++*count;
    return item;
}

#define MORE(list, e) more(&(list), &list##_count, sizeof *(list), (e))

static int read_phases(struct db *db, const struct summary *s, struct course *c, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct phase_info row;
    int ret = query_phases(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_phases_next(rows, &row, e)) == 1) {
        struct course_phase *p = MORE(c->phases, e);
        ret = p ? 0 : -ENOMEM;
        if (!p)
            break;
        *p = (struct course_phase){.id = row.id,
                                   .from_s = seconds_of(s, row.started_ns),
                                   .to_s = seconds_of(s, row.ended_ns),
                                   .measured = row.measured};
        snprintf(p->name, sizeof p->name, "%s", row.name ? row.name : "");
        snprintf(p->kind, sizeof p->kind, "%s", row.kind ? row.kind : "");
    }
    db_finish(rows);
    return ret;
}

static enum rule_class class_of(const char *state)
{
    static const char *const names[] = {
        [RULE_PASS] = "PASS", [RULE_WARN] = "WARN", [RULE_FAIL] = "FAIL"};
    for (int i = RULE_PASS; i <= RULE_FAIL; i++)
        if (state && !strcmp(state, names[i]))
            return (enum rule_class)i;
    return RULE_OTHER;
}

/* A failed rule outweighs all, one that was not decided what passed. */
static enum rule_class worse(enum rule_class a, enum rule_class b)
{
    static const int weight[] = {
        [RULE_NONE] = 0, [RULE_PASS] = 1, [RULE_WARN] = 2, [RULE_OTHER] = 3, [RULE_FAIL] = 4};
    return weight[a] > weight[b] ? a : b;
}

static void add_rules(char *text, size_t size, enum rule_class *worst, const struct rule_count *row)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%lld %s", used ? ", " : "", (long long)row->count,
             row->state ? row->state : "?");
    *worst = worse(*worst, class_of(row->state));
}

static int read_rules(struct db *db, const struct summary *s, struct course *c, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct rule_count row;
    int ret = query_rule_counts(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_rule_counts_next(rows, &row, e)) == 1) {
        ret = 0;
        if (row.phase_id == QUERY_NONE)
            add_rules(c->run_rules, sizeof c->run_rules, &c->run_worst, &row);
        for (size_t i = 0; i < c->phases_count; i++)
            if (c->phases[i].id == row.phase_id)
                add_rules(c->phases[i].rules, sizeof c->phases[i].rules, &c->phases[i].worst, &row);
    }
    db_finish(rows);
    return ret;
}

static int read_marks(struct db *db, const struct summary *s, struct course *c, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct mark_row row;
    int ret = query_marks(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_marks_next(rows, &row, e)) == 1) {
        struct course_mark *m = MORE(c->marks, e);
        ret = m ? 0 : -ENOMEM;
        if (!m)
            break;
        *m = (struct course_mark){
            .at_s = seconds_of(s, row.at_ns), .refused = row.refused, .fault = row.fault};
        snprintf(m->text, sizeof m->text, "%s%s%.48s%s", row.name ? row.name : "",
                 row.detail ? " " : "", row.detail ? row.detail : "",
                 row.refused ? " (refused)" : "");
    }
    db_finish(rows);
    return ret;
}

static int read_points(struct db *db, const struct summary *s, struct course *c, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct course_row row;
    int ret = query_course(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_course_next(rows, &row, e)) == 1) {
        double length_s = (double)ns_between(row.started_ns, row.ended_ns) / 1e9;
        struct course_point *p = MORE(c->points, e);
        ret = p ? 0 : -ENOMEM;
        if (!p)
            break;
        double from_s = seconds_of(s, row.started_ns), per_s = length_s > 0 ? 1 / length_s : NAN;
        *p = (struct course_point){
            .at_s = from_s + length_s / 2,
            .end_s = from_s + length_s,
            .transactions_per_s = (double)row.completed * per_s,
            .connects_per_s = (double)row.connects_completed * per_s,
            .failed_per_s = (double)row.connects_failed * per_s,
            .open = row.workers == s->run.workers ? (double)row.open_connections : NAN,
        };
    }
    db_finish(rows);
    return ret;
}

/* Connections that were open when the last interval before ended. */
static double open_at(const struct course *c, double at_s)
{
    double open = NAN;
    for (size_t i = 0; i < c->points_count && c->points[i].end_s <= at_s; i++)
        open = isnan(c->points[i].open) ? open : c->points[i].open;
    return open;
}

static int read_memory(struct db *db, const struct summary *s, struct course *c, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct rss_row row;
    int ret = query_rss(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_rss_next(rows, &row, e)) == 1) {
        struct course_rss *r = MORE(c->rss, e);
        ret = r ? 0 : -ENOMEM;
        if (!r)
            break;
        double at_s = seconds_of(s, row.at_ns);
        *r = (struct course_rss){at_s, (double)row.bytes / MIB, open_at(c, at_s), row.peer};
    }
    db_finish(rows);
    return ret;
}

static int largest_first(const void *a, const void *b)
{
    const struct course_pool *x = a, *y = b;
    int order = (x->bytes_per_conn < y->bytes_per_conn) - (x->bytes_per_conn > y->bytes_per_conn);
    return order ? order : strcmp(x->name, y->name);
}

static int take_pools(struct db *db, const struct summary *s, struct course *c, struct err *e)
{
    (void)db;
    for (size_t i = 0; i < s->pools.count; i++) {
        const struct pool_info *from = &s->pools.rows[i];
        if (strcmp(from->side, "gen") || !(from->bytes_per_conn > 0))
            continue;
        struct course_pool *p = MORE(c->pools, e);
        if (!p)
            return -ENOMEM;
        *p = (struct course_pool){.mib = from->bytes / MIB, .bytes_per_conn = from->bytes_per_conn};
        snprintf(p->name, sizeof p->name, "%s", from->pool);
    }
    if (c->pools_count)
        qsort(c->pools, c->pools_count, sizeof *c->pools, largest_first);
    return 0;
}

int course_build(struct db *db, const struct summary *s, struct course *out, struct err *e)
{
    static int (*const steps[])(struct db *, const struct summary *, struct course *,
                                struct err *) = {
        read_phases, read_rules, read_marks, read_points, read_memory, take_pools,
    };
    *out = (struct course){0};
    int ret = query_begin(db, e);
    if (ret)
        return ret;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && ret == 0; i++)
        ret = steps[i](db, s, out, e);
    query_end(db);
    return ret;
}

void course_fini(struct course *c)
{
    free(c->phases);
    free(c->marks);
    free(c->points);
    free(c->rss);
    free(c->pools);
    *c = (struct course){0};
}
