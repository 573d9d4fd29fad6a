/* SPDX-License-Identifier: BSD-3-Clause */
/* Refusals that name who is to blame: the place that set a key, or its default. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "job/load.h"

static void blame(const struct loader *l, uint32_t phase, const char *key, char *buf, size_t size)
{
    const struct entry *entry = loader_setter(l, phase, key);
    const char *path = l->entries.path;
    if (entry)
        entry_where(&l->entries, entry, buf, size);
    else
        snprintf(buf, size, "%s%s%s = \"%s\" (default)", path, *path ? ": " : "", key,
                 option_find(key)->initial);
}

int job_refuse(struct err *e, const struct job *job, uint32_t phase, const char *key,
               const char *format, ...)
{
    char where[WHERE_MAX], what[600];
    blame(job->loader, phase, key, where, sizeof where);
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(e, EXIT_USAGE, -EINVAL, "%s: %s", where, what);
}

const char *job_targets_key(const struct job *job)
{
    return loader_setter(job->loader, 0, "listen") ? "listen" : "target";
}

int job_refuse_later(struct err *e, const struct job *job, uint32_t phase, const char *key,
                     const char *later)
{
    job_refuse(e, job, phase, key, "not in this version (%s)", later);
    return -EOPNOTSUPP;
}
