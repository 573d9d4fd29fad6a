/* SPDX-License-Identifier: BSD-3-Clause */
/* analyze: everything after the run, from the file alone. The only place that exits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/out/writer.h"
#include "analyzer/plot.h"
#include "analyzer/query.h"
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

/* Everything asked for about one run. Text comes first, so that paths follow what they belong to;
 * beside JSON on the standard output they go to the standard error. */
static int show(struct db *db, const struct options *o, const struct summary *s, struct err *e)
{
    FILE *said = o->writer == &writers[0] ? stdout : stderr;
    int ret = o->writer->write(stdout, s);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret, "cannot write to the standard output");
    if (o->json_dir)
        ret = json_write_file(o->json_dir, s, said, e);
    if (ret == 0 && o->plot)
        ret = plot_run(db, s, o->plot, said, e);
    return ret;
}

static int show_run(struct db *db, const struct options *o, const char *which, int *code,
                    struct err *e)
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
    summary_fini(&s);
    return ret;
}

static int show_runs(struct db *db, const struct options *o, int *code, struct err *e)
{
    if (o->runs_count == 0)
        return show_run(db, o, NULL, code, e);
    int ret = 0;
    for (int i = 0; i < o->runs_count && ret == 0; i++)
        ret = show_run(db, o, o->runs[i], code, e);
    return ret;
}

static int act(const struct options *o, int *code, struct err *e)
{
    if (o->command)
        return o->command->act(o, code, e);
    struct db *db = NULL;
    int ret = db_open(o->db, DB_READ, &db, e);
    if (ret)
        return ret;
    ret = o->list ? list_write(stdout, db, e) : show_runs(db, o, code, e);
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
