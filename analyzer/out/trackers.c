/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/trackers.h"

#include <errno.h>
#include <string.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/metric.h"
#include "base/err.h"

/* A workload's name, with its run where an earlier one of the document has the same. */
static const char *name_of(char *buf, size_t size, const struct report *r, size_t run)
{
    char clean[TRACKER_NAME_BYTES - 20];
    escape_utf8(clean, sizeof clean, r->runs[run].run.workload_id);
    bool again = false;
    for (size_t i = 0; i < run; i++)
        again |= strcmp(r->runs[i].run.workload_id, r->runs[run].run.workload_id) == 0;
    if (again)
        snprintf(buf, size, "%s #%lld", clean, (long long)r->runs[run].run.id);
    else
        snprintf(buf, size, "%s", clean);
    return buf;
}

int trackers_dump(FILE *out, json_t *root, const struct report *r, struct err *e)
{
    int ret = 0;
    if (json_object_size(root) + json_array_size(root) == 0)
        ret = err_set(e, EXIT_INVALID, -ENODATA,
                      "no finished, valid run to write: trackers take no other (%s %lld)",
                      r->count == 1 ? "run" : "the first is run", (long long)r->runs[0].run.id);
    else if (json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) ||
             fputc('\n', out) == EOF)
        ret = err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write JSON");
    json_decref(root);
    return ret;
}

void trackers_each(const struct report *r, json_t *root,
                   void (*take)(json_t *root, const struct summary *s, const char *name))
{
    char name[TRACKER_NAME_BYTES];
    for (size_t i = 0; i < r->count; i++)
        if (benchmark_run(&r->runs[i], r->said))
            take(root, &r->runs[i], name_of(name, sizeof name, r, i));
}
