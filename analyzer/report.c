/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/report.h"

#include <errno.h>
#include <stdlib.h>

#include "analyzer/files.h"
#include "analyzer/summary.h"
#include "base/err.h"

static bool holds(const struct report_runs *r, int64_t run_id)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->runs[i].run.id == run_id)
            return true;
    return false;
}

int report_add(struct report_runs *r, struct summary *s, struct err *e)
{
    int ret = 0;
    struct summary *to = NULL;
    if (!holds(r, s->run.id)) {
        to = list_grow((void **)&r->runs, &r->count, sizeof *to);
        ret =
            to ? 0 : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for %zu runs", r->count);
    }
    if (!to) {
        summary_fini(s);
        return ret;
    }
    *to = *s;
    *s = (struct summary){0};
    for (int t = 0; t < TIME_COUNT && !r->histograms; t++)
        times_fini(&to->times[t]); /* a quarter of a MiB each */
    return 0;
}

void report_fini(struct report_runs *r)
{
    for (size_t i = 0; i < r->count; i++)
        summary_fini(&r->runs[i]);
    free(r->runs);
    *r = (struct report_runs){0};
}

static int write_stdout(const struct writer *w, const struct report *r, struct err *e)
{
    int ret = w->all(stdout, r, e);
    if (ret == 0 && (fflush(stdout) || ferror(stdout)))
        ret = err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write to the standard output");
    return ret;
}

int report_write(const struct writer *w, const char *path, struct report *r, struct err *e)
{
    struct file_draft f;
    r->path = path;
    if (!path)
        return write_stdout(w, r, e);
    int ret = file_draft_open_path(&f, path, e);
    if (ret)
        return ret;
    ret = w->all(f.out, r, e);
    if (ret)
        file_draft_drop(&f);
    else
        ret = file_draft_keep(&f, e);
    if (ret == 0)
        fprintf(r->said, "%s\n", path);
    return ret;
}
