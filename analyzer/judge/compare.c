/* SPDX-License-Identifier: BSD-3-Clause */
/* --compare [NAME]: chooses, judges, stores, shows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/command.h"
#include "analyzer/files.h"
#include "analyzer/judge/compare_build.h"
#include "analyzer/judge/fail_on.h"
#include "analyzer/options.h"
#include "analyzer/out/compare.h"
#include "analyzer/out/writer.h"
#include "base/err.h"

#define DEFAULT_NAME "baseline"

/* --- storing --------------------------------------------------------------------------- */

/* A verdict that cannot be stored is shown all the same: the file may be on a read-only disk, or a
 * run may be going on. */
static void store(const struct options *o, struct comparison *c)
{
    struct err e = {0};
    json_t *result = compare_json_result(c);
    char *text = compare_json_text(result);
    struct analysis_info *row = &c->stored;
    row->kind = "compare";
    row->run_id = c->b.values.runs[c->b.values.count - 1].id;
    row->baseline = c->name;
    row->verdict = comparison_verdict(c);
    row->result = keep_text(&c->keep, text);
    if (!row->result || !row->parameters || !row->inputs_hash)
        c->not_stored = "out of memory";
    else if (store_save(o->db, row, &e))
        c->not_stored = keep_text(&c->keep, e.message);
    free(text);
    json_decref(result);
}

/* --- showing --------------------------------------------------------------------------- */

static int check_writer(const struct writer *w, struct err *e)
{
    if (w->compare)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "%s does not go with --compare: expected --text, --json or --markdown",
                   w->option);
}

static int check_writers(const struct options *o, struct err *e)
{
    int ret = check_writer(o->writer, e);
    for (int i = 0; i < o->files_count && ret == 0; i++)
        ret = check_writer(o->files[i].writer, e);
    return ret;
}

static int write_file(const struct output *to, const struct comparison *c, FILE *said,
                      struct err *e)
{
    struct file_draft f;
    int ret = file_draft_open_path(&f, to->path, e);
    if (ret)
        return ret;
    if (to->writer->compare(f.out, c)) {
        file_draft_drop(&f);
        return err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write %s", to->path);
    }
    ret = file_draft_keep(&f, e);
    if (ret == 0)
        fprintf(said, "%s\n", to->path);
    return ret;
}

static int show(const struct options *o, const struct comparison *c, struct err *e)
{
    int ret = 0;
    if (o->writer->compare(stdout, c))
        ret = err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write to the standard output");
    for (int i = 0; i < o->files_count && ret == 0; i++)
        ret = write_file(&o->files[i], c, o->writer == &writers[0] ? stdout : stderr, e);
    return ret;
}

/* --- the whole ------------------------------------------------------------------------- */

static int exit_code(const struct comparison *c)
{
    if (!c->compared)
        return EXIT_INVALID;
    switch (c->gate.change) {
    case CHANGE_REGRESSION:
        return EXIT_VERDICT;
    case CHANGE_INCONCLUSIVE:
        return EXIT_INCONCLUSIVE;
    case CHANGE_SAME:
    case CHANGE_IMPROVEMENT:
        return EXIT_WELL;
    }
    return EXIT_WELL;
}

static int compare(const struct options *o, struct plan *plan, struct comparison *c, struct err *e)
{
    struct db *db = NULL;
    const char *name = o->words_count ? o->words[0] : DEFAULT_NAME;
    bool interleaved = strcmp(name, COMPARISON_INTERLEAVED) == 0;
    if (interleaved && o->runs_count > 1)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--compare %s takes one --run, any of the set: found %d",
                       COMPARISON_INTERLEAVED, o->runs_count);
    int ret = db_open(o->db, DB_READ, &db, e);
    ret = ret ? ret : plan_choose(db, name, o->runs, (size_t)o->runs_count, plan, e);
    plan->forced = o->force;
    ret = ret ? ret : plan_history(db, plan, e);
    ret = ret ? ret : comparison_build(db, plan, c, e);
    db_close(db);
    return ret;
}

/* Without a baseline yet there is no verdict: as inconclusive as one that is open. */
static int without_verdict(const struct fail_on *f, int ret, int *code, struct err *e)
{
    if (e->exit_code != EXIT_INCONCLUSIVE || fail_on_code(f, EXIT_INCONCLUSIVE) != EXIT_WELL)
        return ret;
    fprintf(stderr, "analyze: %s\n", e->message);
    *code = EXIT_WELL;
    *e = (struct err){0};
    return 0;
}

int compare_command(const struct options *o, int *code, struct err *e)
{
    struct fail_on fail_on;
    struct plan plan = {0};
    struct comparison c = {0};
    int ret = fail_on_parse(o->fail_on, &fail_on, e);
    ret = ret ? ret : check_writers(o, e);
    if (ret)
        return ret;
    ret = compare(o, &plan, &c, e);
    if (ret == 0) {
        store(o, &c);
        *code = fail_on_code(&fail_on, exit_code(&c));
        ret = show(o, &c, e);
    } else {
        ret = without_verdict(&fail_on, ret, code, e);
    }
    comparison_fini(&c);
    plan_fini(&plan);
    return ret;
}
