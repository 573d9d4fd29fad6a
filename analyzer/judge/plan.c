/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/comparison.h"
#include "analyzer/out/format.h"
#include "analyzer/query_compare.h"
#include "analyzer/query_file.h"
#include "base/err.h"

/* --- lists ----------------------------------------------------------------------------- */

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the runs to compare");
}

int plan_add(struct id_list *list, int64_t id, struct err *e)
{
    int64_t *to = list_grow((void **)&list->ids, &list->count, sizeof *to);
    if (!to)
        return no_memory(e);
    *to = id;
    return 0;
}

bool plan_holds(const struct id_list *list, int64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->ids[i] == id)
            return true;
    return false;
}

char *plan_json(const struct id_list *list)
{
    return values_ids_json(list->ids, list->count);
}

void plan_note(struct plan *p, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *kept = keep_text(&p->keep, text);
    const char **to = kept ? list_grow((void **)&p->notes, &p->note_count, sizeof *to) : NULL;
    if (to)
        *to = kept;
}

void plan_fini(struct plan *p)
{
    free(p->a.ids);
    free(p->b.ids);
    free(p->history.ids);
    free(p->notes);
    keep_fini(&p->keep);
    *p = (struct plan){0};
}

/* --- a baseline ------------------------------------------------------------------------ */

/* "; there are main, nightly": what was perhaps meant. */
static int known_names(struct db *db, char *known, size_t size, struct err *e)
{
    struct db_stmt *s = NULL;
    struct baseline_info b;
    size_t at = 0;
    int ret = query_baselines(db, &s, e);
    known[0] = '\0';
    while (ret == 0 && (ret = query_baselines_next(s, &b, e)) == 1) {
        if (at < size)
            at += (size_t)snprintf(known + at, size - at, "%s%s", at ? ", " : "; there are ",
                                   format_or(b.name, "?"));
        ret = 0;
    }
    db_finish(s);
    return ret;
}

static int no_baseline(struct db *db, const char *name, struct err *e)
{
    char known[200];
    int ret = known_names(db, known, sizeof known, e);
    if (ret)
        return ret;
    return err_set(e, EXIT_INCONCLUSIVE, -ENOENT,
                   "%s: no baseline \"%.100s\" yet%s: `analyze --set-baseline %.100s RUN...` "
                   "makes one",
                   db_path(db), name, known, name);
}

static int nothing_left(struct db *db, const struct plan *p, size_t gone, struct err *e)
{
    if (gone)
        return err_set(e, EXIT_INCONCLUSIVE, -ENOENT,
                       "%s: the runs of baseline \"%.100s\" are not in the file any more: "
                       "`analyze --set-baseline %.100s RUN...` names others",
                       db_path(db), p->name, p->name);
    return err_set(e, EXIT_INCONCLUSIVE, -ENOENT,
                   "%s: run %" PRId64 " is all that baseline \"%.100s\" has: make another run to "
                   "compare with it",
                   db_path(db), p->b.ids[0], p->name);
}

static int take_baseline(struct db *db, struct plan *p, struct err *e)
{
    struct db_stmt *s = NULL;
    size_t rows = 0, gone = 0;
    int ret = query_baseline_runs(db, p->name, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        int64_t id = db_col_i64(s, "run_id");
        rows++;
        ret = 0;
        if (!db_col_i64(s, "there")) {
            gone++;
            plan_note(p, "run %" PRId64 " of the baseline is not in the file any more", id);
        } else if (plan_holds(&p->b, id)) {
            plan_note(p, "run %" PRId64 " belongs to the baseline; it counts as the run judged",
                      id);
        } else {
            ret = plan_add(&p->a, id, e);
        }
    }
    db_finish(s);
    if (ret || p->a.count)
        return ret;
    return rows ? nothing_left(db, p, gone, e) : no_baseline(db, p->name, e);
}

/* --- an interleaved set ---------------------------------------------------------------- */

/* Rows of a round stand together, A before B: a pair is two rows of different sides. */
struct half {
    int64_t id, round;
};

static int take_rows(struct db *db, const char *set, struct plan *p, struct err *e)
{
    struct db_stmt *s = NULL;
    struct half a = {0};
    int ret = query_interleaved(db, set, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *side = db_col_text(s, "side");
        struct half now = {db_col_i64(s, "id"), db_col_i64(s, "round")};
        bool is_a = side && *side == 'A';
        ret = 0;
        if (!is_a && a.id && a.round == now.round) {
            ret = plan_add(&p->a, a.id, e);
            ret = ret ? ret : plan_add(&p->b, now.id, e);
            a.id = 0;
            continue;
        }
        int64_t lone = is_a ? a.id : now.id;
        if (lone)
            plan_note(p, "run %" PRId64 " has no partner in its round: it is left out", lone);
        a = is_a ? now : (struct half){0};
    }
    db_finish(s);
    if (ret == 0 && a.id)
        plan_note(p, "run %" PRId64 " has no partner in its round: it is left out", a.id);
    return ret;
}

static int set_of(struct db *db, int64_t run, struct keep *keep, const char **set, struct err *e)
{
    struct db_stmt *s = NULL;
    *set = NULL;
    int ret = query_interleaved_of(db, run, &s, e);
    if (ret == 0 && (ret = db_step(s, e)) == 1)
        *set = keep_text(keep, db_col_text(s, "uuid"));
    db_finish(s);
    if (ret < 0 || *set)
        return ret < 0 ? ret : 0;
    return err_set(e, EXIT_INCONCLUSIVE, -ENOENT,
                   "%s: run %" PRId64 " belongs to no interleaved set: "
                   "`gen run --interleave JOB_A JOB_B --rounds 8` makes one",
                   db_path(db), run);
}

static int take_interleaved(struct db *db, const int64_t *runs, size_t count, struct plan *p,
                            struct err *e)
{
    const char *set = NULL;
    p->paired = true;
    int ret = count ? set_of(db, runs[0], &p->keep, &set, e) : 0;
    ret = ret ? ret : take_rows(db, set, p, e);
    if (ret || p->a.count)
        return ret;
    return err_set(e, EXIT_INCONCLUSIVE, -ENOENT,
                   "%s: no interleaved pair of runs yet: `gen run --interleave JOB_A JOB_B "
                   "--rounds 8` makes some",
                   db_path(db));
}

/* --- the choice ------------------------------------------------------------------------ */

int plan_choose_ids(struct db *db, const char *name, const int64_t *runs, size_t count,
                    struct plan *out, struct err *e)
{
    int ret = 0;
    *out = (struct plan){0};
    out->name = keep_text(&out->keep, name);
    if (!out->name)
        return no_memory(e);
    if (strcmp(name, COMPARISON_INTERLEAVED) == 0)
        return take_interleaved(db, runs, count, out, e);
    for (size_t i = 0; i < count && ret == 0; i++)
        if (plan_holds(&out->b, runs[i]))
            plan_note(out, "run %" PRId64 " was given twice: it counts once", runs[i]);
        else
            ret = plan_add(&out->b, runs[i], e);
    return ret ? ret : take_baseline(db, out, e);
}

int plan_choose(struct db *db, const char *name, const char *const *runs, size_t count,
                struct plan *out, struct err *e)
{
    struct id_list ids = {0};
    int64_t id;
    int ret = 0;
    *out = (struct plan){0};
    for (size_t i = 0; i < count && ret == 0; i++) {
        ret = query_run_find(db, runs[i], &id, e);
        ret = ret ? ret : plan_add(&ids, id, e);
    }
    if (ret == 0 && !count && strcmp(name, COMPARISON_INTERLEAVED)) {
        ret = query_run_find(db, NULL, &id, e);
        ret = ret ? ret : plan_add(&ids, id, e);
    }
    ret = ret ? ret : plan_choose_ids(db, name, ids.ids, ids.count, out, e);
    free(ids.ids);
    return ret;
}

/* --- history --------------------------------------------------------------------------- */

static int begin_of_b(struct db *db, struct plan *p, const char **key, struct err *e)
{
    struct values b;
    int ret = values_load(db, NULL, 0, p->b.ids, p->b.count, &b, e);
    for (size_t i = 0; i < b.count && ret == 0 && p->history_before_ns != VALUES_ALL; i++)
        if (i == 0 || b.runs[i].started_ns < p->history_before_ns)
            p->history_before_ns = b.runs[i].started_ns;
    if (ret == 0)
        *key = keep_text(&p->keep, b.runs[0].history_key);
    values_fini(&b);
    return ret;
}

int plan_history(struct db *db, struct plan *p, struct err *e)
{
    struct values h = {0};
    const char *key = NULL;
    int ret = begin_of_b(db, p, &key, e);
    if (ret == 0 && key)
        ret = values_history(db, NULL, 0, key, p->history_before_ns, PLAN_HISTORY_RUNS, &h, e);
    for (size_t i = 0; i < h.count && ret == 0; i++) {
        int64_t id = h.runs[i].id;
        if (values_run_good(&h.runs[i]) && !plan_holds(&p->a, id) && !plan_holds(&p->b, id))
            ret = plan_add(&p->history, id, e);
    }
    values_fini(&h);
    return ret;
}
