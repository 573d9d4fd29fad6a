/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/replay.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/out/format.h"
#include "base/err.h"

#define PATH_BYTES      200
#define DIFFERENCES_MAX 20 /* shown; the rest is counted */

static const struct replay_kind kinds[] = {
    {"compare", compare_replay},
    {"trend", trend_replay},
};

void replay_fini(struct replay *r)
{
    free(r->result);
    free(r->newer);
    *r = (struct replay){0};
}

/* --- what differs ---------------------------------------------------------------------- */

struct walk {
    char path[PATH_BYTES];
    size_t found;
};

static void show_difference(struct walk *w, const json_t *then, const json_t *now)
{
    char *a = then ? json_dumps(then, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    char *b = now ? json_dumps(now, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (w->found++ < DIFFERENCES_MAX)
        format_line(stdout, "  %s: %.40s then, %.40s now", w->path, a ? a : "nothing",
                    b ? b : "nothing");
    free(a);
    free(b);
}

static void walk_value(struct walk *w, const json_t *then, const json_t *now);

/* Goes one step down the path and back. */
static void walk_into(struct walk *w, const char *name, const json_t *then, const json_t *now)
{
    size_t at = strlen(w->path);
    snprintf(w->path + at, PATH_BYTES - at, "%s%s", at ? "." : "", name);
    walk_value(w, then, now);
    w->path[at] = '\0';
}

/* Rows are named by their metric where they have one. */
static void walk_row(struct walk *w, size_t i, const json_t *then, const json_t *now)
{
    char number[24];
    const char *name = json_string_value(json_object_get(then, "metric"));
    snprintf(number, sizeof number, "%zu", i);
    walk_into(w, name ? name : number, then, now);
}

static void walk_value(struct walk *w, const json_t *then, const json_t *now)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_object(then) && json_is_object(now)) {
        json_object_foreach((json_t *)then, key, value)
            walk_into(w, key, value, json_object_get(now, key));
        json_object_foreach((json_t *)now, key, value) if (!json_object_get(then, key))
            walk_into(w, key, NULL, value);
    } else if (json_is_array(then) && json_is_array(now)) {
        size_t count = json_array_size(now);
        json_array_foreach(then, i, value) walk_row(w, i, value, json_array_get(now, i));
        for (i = json_array_size(then); i < count; i++)
            walk_row(w, i, NULL, json_array_get(now, i));
    } else if (!then || !now || !json_equal(then, now)) {
        show_difference(w, then, now);
    }
}

static void show_differences(const struct analysis_info *row, const struct replay *r)
{
    struct walk w = {0};
    json_t *then = json_loads(format_or(row->result, ""), JSON_DECODE_ANY, NULL);
    json_t *now = json_loads(r->result, JSON_DECODE_ANY, NULL);
    if (!then)
        format_line(stdout, "  the stored result is damaged: it is not JSON");
    else
        walk_value(&w, then, now);
    if (w.found > DIFFERENCES_MAX)
        format_line(stdout, "  and %zu more", w.found - DIFFERENCES_MAX);
    if (then && !w.found)
        format_line(stdout, "  the same values, written in other bytes");
    json_decref(then);
    json_decref(now);
}

/* --- the command ----------------------------------------------------------------------- */

static void show_head(const struct analysis_info *row)
{
    char when[40], run[40] = "";
    format_time(when, sizeof when, row->at_ns);
    if (row->run_id != QUERY_NONE)
        snprintf(run, sizeof run, " of run %lld", (long long)row->run_id);
    format_lines(stdout, 2, "verdict %lld: %s%s%s%s, %s, version %s: %s", (long long)row->id,
                 row->kind, run, row->baseline ? " against " : "", format_or(row->baseline, ""),
                 when, format_or(row->tool_version, "?"), format_or(row->verdict, "?"));
}

static bool show_outcome(const struct analysis_info *row, const struct replay *r)
{
    bool same = row->result && strcmp(row->result, r->result) == 0;
    bool inputs = row->inputs_hash && strcmp(row->inputs_hash, r->inputs_hash) == 0;
    if (same)
        format_line(stdout, "IDENTICAL: the same inputs gave the same result, byte for byte");
    else
        format_line(stdout, "DIFFERENT: %s",
                    inputs ? "the same inputs gave another result"
                           : "the figures of its runs are not those of then");
    if (!same && row->tool_version && strcmp(row->tool_version, VERSION))
        format_line(stdout, "  stored by version %s, repeated by version %s", row->tool_version,
                    VERSION);
    if (!same)
        show_differences(row, r);
    if (r->newer)
        format_lines(stdout, 2, "%s", r->newer);
    return same;
}

static int again(struct db *db, const struct analysis_info *row, struct replay *r, struct err *e)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (row->kind && strcmp(row->kind, kinds[i].kind) == 0)
            return kinds[i].again(db, row, r, e);
    return err_set(e, EXIT_USAGE, -ENOTSUP,
                   "%s: verdict %lld is of kind \"%.40s\", which this version cannot repeat",
                   db_path(db), (long long)row->id, format_or(row->kind, "?"));
}

int replay_command(const struct options *o, int *code, struct err *e)
{
    struct db *db = NULL;
    struct keep keep = {0};
    struct analysis_info row;
    struct replay r = {0};
    int ret = db_open(o->db, DB_READ, &db, e);
    ret = ret ? ret : store_load(db, o->words[0], &keep, &row, e);
    ret = ret ? ret : again(db, &row, &r, e);
    if (ret == 0) {
        show_head(&row);
        *code = show_outcome(&row, &r) ? EXIT_WELL : EXIT_VERDICT;
    }
    replay_fini(&r);
    keep_fini(&keep);
    db_close(db);
    return ret;
}

static int write_list(struct db *db, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct analysis_info a;
    char when[40], run[24];
    int ret = query_analyses(db, &rows, e);
    if (ret == 0)
        format_line(stdout, "%5s  %-20s %-8s %-13s %6s  %-20s %s", "id", "at (UTC)", "kind",
                    "verdict", "run", "baseline", "version");
    while (ret == 0 && (ret = query_analysis_next(rows, &a, e)) == 1) {
        snprintf(run, sizeof run, "%lld", (long long)a.run_id);
        format_line(stdout, "%5lld  %-20s %-8s %-13s %6s  %-20.20s %s", (long long)a.id,
                    format_time(when, sizeof when, a.at_ns), format_or(a.kind, "?"),
                    format_or(a.verdict, "?"), a.run_id == QUERY_NONE ? "-" : run,
                    format_or(a.baseline, "-"), format_or(a.tool_version, "?"));
        ret = 0;
    }
    db_finish(rows);
    return ret;
}

int analyses_list(const struct options *o, int *code, struct err *e)
{
    struct db *db = NULL;
    (void)code;
    int ret = db_open(o->db, DB_READ, &db, e);
    ret = ret ? ret : write_list(db, e);
    db_close(db);
    return ret;
}
