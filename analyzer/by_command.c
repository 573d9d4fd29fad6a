/* SPDX-License-Identifier: BSD-3-Clause */
/* analyze --by WHAT: the latency of one run in parts. */
#include <errno.h>

#include "analyzer/beside.h"
#include "analyzer/by.h"
#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/out/writer.h"
#include "base/err.h"

static int check(const struct options *o, struct err *e)
{
    const struct writer *bad = !o->writer->by ? o->writer : NULL;
    if (o->files_count)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s=%s does not go with --by: it writes to the "
                       "standard output", o->files[0].writer->option, o->files[0].path);
    if (bad)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s does not go with --by", bad->option);
    if (o->runs_count > 1)
        return err_set(e, EXIT_USAGE, -EINVAL, "--by shows one run, found %d times --run",
                       o->runs_count);
    return 0;
}

static int read(const struct options *o, enum by_kind kind, struct by_table *t, struct err *e)
{
    struct db *db = NULL;
    int64_t run_id;
    int ret = open_beside_run(o->db, &db, e);
    if (ret)
        return ret;
    ret = query_run_find(db, o->runs_count ? o->runs[0] : NULL, &run_id, e);
    ret = ret ? ret : by_build(db, run_id, kind, t, e);
    db_close(db);
    return ret;
}

int by_command(const struct options *o, int *code, struct err *e)
{
    enum by_kind kind;
    struct by_table t = {0};
    int ret = check(o, e);
    ret = ret ? ret : by_kind_parse(o->words[0], &kind, e);
    ret = ret ? ret : read(o, kind, &t, e);
    if (ret == 0 && o->writer->by(stdout, &t))
        ret = err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write to the standard output");
    *code = t.count ? EXIT_WELL : EXIT_INCONCLUSIVE;
    by_table_fini(&t);
    return ret;
}
