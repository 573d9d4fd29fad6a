/* SPDX-License-Identifier: BSD-3-Clause */
/* analyze --trend and --calibrate: which history, what to ask of it, where the answer goes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/command.h"
#include "analyzer/files.h"
#include "analyzer/judge/calibrate_report.h"
#include "analyzer/judge/fail_on.h"
#include "analyzer/judge/trend_store.h"
#include "analyzer/options.h"
#include "analyzer/out/trend.h"
#include "analyzer/out/writer.h"
#include "analyzer/plot.h"
#include "analyzer/query_trend.h"
#include "base/err.h"

#define LAST_MAX 1000000

/* --- what is asked for ----------------------------------------------------------------- */

static int read_last(const char *given, size_t *last, struct err *e)
{
    char *end;
    *last = TREND_LAST;
    if (!given)
        return 0;
    long value = strtol(given, &end, 10);
    if (end == given || *end || value < 1 || value > LAST_MAX)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--last = \"%.60s\": expected a whole number of runs from 1 to %d", given,
                       LAST_MAX);
    *last = (size_t)value;
    return 0;
}

static int find_run(struct db *db, const struct options *o, int64_t *run_id, struct err *e)
{
    if (o->words_count && o->runs_count)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s %.60s and --run: the workload or a run of its history, not both",
                       o->command->option, o->words[0]);
    if (o->runs_count > 1)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s: one --run names the history, found %d",
                       o->command->option, o->runs_count);
    if (o->words_count)
        return query_workload_last(db, o->words[0], run_id, e);
    return query_run_find(db, o->runs_count ? o->runs[0] : NULL, run_id, e);
}

/* Reads the history in one snapshot. The file is closed again, so that the verdict can be stored
 * by a writer. */
static int read_report(const struct options *o, const struct trend_question *q,
                       struct trend_report *r, struct err *e)
{
    struct db *db = NULL;
    int64_t run_id;
    int ret = db_open(o->db, DB_READ, &db, e);
    if (ret)
        return ret;
    ret = query_begin(db, e);
    ret = ret ? ret : find_run(db, o, &run_id, e);
    ret = ret ? ret : trend_report_build(db, run_id, q, r, e);
    query_end(db);
    db_close(db);
    return ret;
}

static int ask(const struct options *o, struct trend_question *q, struct err *e)
{
    *q = (struct trend_question){.metrics = o->metrics, .metric_count = (size_t)o->metrics_count};
    return read_last(o->last, &q->last, e);
}

/* --- where the answer goes ------------------------------------------------------------- */

/* How a writer tells a trend or a calibration. */
struct telling {
    bool (*can)(const struct writer *w);
    int (*tell)(const struct writer *w, FILE *out, const void *what);
};

static bool can_trend(const struct writer *w)
{
    return w->trend != NULL;
}

static int tell_trend(const struct writer *w, FILE *out, const void *what)
{
    return w->trend(out, what);
}

static bool can_calibrate(const struct writer *w)
{
    return w->calibrate != NULL;
}

static int tell_calibrate(const struct writer *w, FILE *out, const void *what)
{
    return w->calibrate(out, what);
}

static const struct telling trend_telling = {can_trend, tell_trend};
static const struct telling calibrate_telling = {can_calibrate, tell_calibrate};

/* Before the work is done: whether it can be told as asked for. */
static int check_writers(const struct options *o, const struct telling *t, struct err *e)
{
    const struct writer *bad = t->can(o->writer) ? NULL : o->writer;
    for (int i = 0; i < o->files_count && !bad; i++)
        bad = t->can(o->files[i].writer) ? NULL : o->files[i].writer;
    return bad ? err_set(e, EXIT_USAGE, -EINVAL, "%s does not go with %s", bad->option,
                         o->command->option)
               : 0;
}

static FILE *said_by(const struct options *o)
{
    return o->writer == &writers[0] ? stdout : stderr;
}

static int tell_file(const struct output *to, const struct telling *t, const void *what, FILE *said,
                     struct err *e)
{
    struct file_draft f;
    int ret = file_draft_open_path(&f, to->path, e);
    if (ret)
        return ret;
    if (t->tell(to->writer, f.out, what)) {
        file_draft_drop(&f);
        return err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write %s", to->path);
    }
    ret = file_draft_keep(&f, e);
    if (ret == 0)
        fprintf(said, "%s\n", to->path);
    return ret;
}

static int tell(const struct options *o, const struct telling *t, const void *what, struct err *e)
{
    int ret = 0;
    if (t->tell(o->writer, stdout, what))
        ret = err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write to the standard output");
    for (int i = 0; i < o->files_count && ret == 0; i++)
        ret = tell_file(&o->files[i], t, what, said_by(o), e);
    return ret;
}

/* --- the commands ---------------------------------------------------------------------- */

int trend_command(const struct options *o, int *code, struct err *e)
{
    struct trend_report r = {0};
    struct trend_question q;
    struct fail_on fail_on;
    int ret = fail_on_parse(o->fail_on, &fail_on, e);
    ret = ret ? ret : check_writers(o, &trend_telling, e);
    ret = ret ? ret : ask(o, &q, e);
    ret = ret ? ret : read_report(o, &q, &r, e);
    if (ret == 0) {
        trend_store_describe(&q, &r);
        trend_store(o->db, &r);
        *code = fail_on_code(&fail_on, trend_verdict_code(r.verdict));
        ret = tell(o, &trend_telling, &r, e);
    }
    if (ret == 0 && o->plot)
        ret = plot_history(&r, o->plot, said_by(o), e);
    trend_report_fini(&r);
    return ret;
}

int calibrate_command(const struct options *o, int *code, struct err *e)
{
    struct calibrate_report c = {0};
    struct trend_question q;
    int ret = check_writers(o, &calibrate_telling, e);
    ret = ret ? ret : ask(o, &q, e);
    ret = ret ? ret : read_report(o, &q, &c.trend, e);
    ret = ret ? ret : calibrate_report_build(&c, e);
    ret = ret ? ret : tell(o, &calibrate_telling, &c, e);
    if (ret == 0)
        *code = calibrate_report_code(&c);
    calibrate_report_fini(&c);
    return ret;
}
