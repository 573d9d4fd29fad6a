/* SPDX-License-Identifier: BSD-3-Clause */
/* analyze: everything after the run, from the file alone. The only place that exits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/beside.h"
#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/out/writer.h"
#include "analyzer/plot.h"
#include "analyzer/query.h"
#include "analyzer/report.h"
#include "analyzer/summary.h"
#include "base/err.h"

/* Of several runs the worst counts. */
static int worse(int a, int b)
{
    static const int worst_first[] = {EXIT_RUN, EXIT_INVALID, EXIT_VERDICT, EXIT_INCONCLUSIVE};
    for (size_t i = 0; i < sizeof worst_first / sizeof *worst_first; i++)
        if (a == worst_first[i] || b == worst_first[i])
            return worst_first[i];
    return EXIT_WELL;
}

/* What the standard output holds: text, or data that paths must not stand between. */
static FILE *said_by(const struct options *o)
{
    return o->writer == &writers[0] ? stdout : stderr;
}

/* Everything asked for about one run alone. Text comes first, so that paths follow what they
 * belong to. */
static int show(struct db *db, const struct options *o, const struct summary *s, struct err *e)
{
    int ret = o->writer->each ? o->writer->each(stdout, s) : 0;
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret, "cannot write to the standard output");
    if (o->json_dir)
        ret = json_write_file(o->json_dir, s, said_by(o), e);
    if (ret == 0 && o->plot)
        ret = plot_run(db, s, o->plot, said_by(o), e);
    return ret;
}

/* Shows the run and keeps it where a document asks for it. */
static int show_run(struct db *db, const struct options *o, const char *which,
                    struct report_runs *kept, int *code, struct err *e)
{
    struct summary s = {0};
    int64_t run_id;
    int ret = query_run_find(db, which, &run_id, e);
    if (ret)
        return ret;
    ret = summary_build(db, run_id, &s, e);
    if (ret == 0) {
        *code = worse(*code, summary_exit_code(&s));
        ret = show(db, o, &s, e);
    }
    if (ret == 0 && (o->files_count || o->writer->all || (o->plot && o->runs_count > 1)))
        return report_add(kept, &s, e);
    summary_fini(&s);
    return ret;
}

static int write_documents(struct db *db, const struct options *o, const struct report_runs *kept,
                           struct err *e)
{
    struct report r = {.db = db, .runs = kept->runs, .count = kept->count, .said = said_by(o)};
    int ret = o->writer->all ? report_write(o->writer, NULL, &r, e) : 0;
    for (int i = 0; i < o->files_count && ret == 0; i++)
        ret = report_write(o->files[i].writer, o->files[i].path, &r, e);
    return ret;
}

static int show_runs(struct db *db, const struct options *o, int *code, struct err *e)
{
    struct report_runs kept = {.histograms = o->writer->histograms};
    for (int i = 0; i < o->files_count; i++)
        kept.histograms |= o->files[i].writer->histograms;
    int ret = o->runs_count ? 0 : show_run(db, o, NULL, &kept, code, e);
    for (int i = 0; i < o->runs_count && ret == 0; i++)
        ret = show_run(db, o, o->runs[i], &kept, code, e);
    if (ret == 0 && o->plot)
        ret = plot_several(kept.runs, kept.count, o->plot, said_by(o), e);
    if (ret == 0 && kept.count)
        ret = write_documents(db, o, &kept, e);
    report_fini(&kept);
    return ret;
}

static int act(const struct options *o, int *code, struct err *e)
{
    if (o->command)
        return o->command->act(o, code, e);
    struct db *db = NULL;
    int ret = open_beside_run(o->db, &db, e);
    if (ret)
        return ret;
    ret = o->list ? list_write(stdout, db, o->limit, e) : show_runs(db, o, code, e);
    db_close(db);
    return ret;
}

int main(int argc, char **argv)
{
    struct options options;
    struct err e = {0};
    int code = EXIT_WELL;
    int ret = options_parse(&options, argc, argv, &e);
    if (ret == 0 && options.help)
        options_help(stdout);
    else if (ret == 0 && options.version)
        printf("analyze %s\n", VERSION);
    else if (ret == 0)
        ret = act(&options, &code, &e);
    if (ret == 0)
        return code;
    fflush(stdout);
    fprintf(stderr, "analyze: %s\n", e.message);
    return e.exit_code ? e.exit_code : EXIT_USAGE;
}
