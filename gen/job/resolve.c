/* SPDX-License-Identifier: BSD-3-Clause */
/* The resolved job as text (parsing it gives the same job), and the overrides as given. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "job/load.h"
#include "job/value.h"

/* Every key of one scope, in the order of the table. */
static void keys_print(const void *owner, bool phase, bool hashed_only, FILE *out)
{
    for (const struct option *o = options; o < options + option_count; o++) {
        if (o->phase != phase || !o->initial || (hashed_only && o->unhashed))
            continue;
        fprintf(out, "%s = ", o->key);
        o->kind->format(o, owner, out);
        fputc('\n', out);
    }
}

static void job_print(const struct job *job, bool hashed_only, FILE *out)
{
    fputs("[global]\n", out);
    keys_print(job, false, hashed_only, out);
    for (uint32_t i = 0; i < job->phases_count; i++) {
        fprintf(out, "\n[%s]\n", job->phases[i].name);
        keys_print(&job->phases[i], true, hashed_only, out);
    }
}

/* The keys of a shape begin with its name and '_'; one that has no more than its name is not told.
 */
void job_shape_print(const struct job_phase *phase, FILE *out)
{
    const char *between = " (";
    size_t skip = strlen(phase->shape) + 1;
    if (!strcmp(phase->shape, "constant") || phase->rate_max)
        return;
    fprintf(out, " %s", phase->shape);
    for (const struct option *o = options; o < options + option_count; o++) {
        if (!o->shape || strcmp(o->shape, phase->shape) || strlen(o->key) <= skip)
            continue;
        fprintf(out, "%s%s=", between, o->key + skip);
        o->kind->format(o, phase, out);
        between = ", ";
    }
    fputs(*between == ',' ? ")" : "", out);
}

static const char *overrides_print(const struct entries *entries, enum entry_from from,
                                   const char *between, FILE *out)
{
    for (uint32_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->all[i];
        if (entry->from != from || entry->option->aside)
            continue;
        fprintf(out, "%s%s", between, entry->given);
        between = " ";
    }
    return between;
}

/* Closes `out`; false when it could not hold everything. */
static bool stream_close(FILE *out)
{
    bool well = !ferror(out);
    return fclose(out) == 0 && well;
}

static bool text_make(const struct job *job, bool hashed_only, char **text)
{
    size_t size;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return false;
    job_print(job, hashed_only, out);
    return stream_close(out);
}

static bool overrides_make(const struct entries *entries, char **text)
{
    size_t size;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return false;
    const char *between = overrides_print(entries, FROM_ENVIRONMENT, "", out);
    overrides_print(entries, FROM_ARGUMENT, between, out);
    return stream_close(out);
}

int job_resolve_again(struct job *job, struct err *e)
{
    free(job->resolved);
    free(job->resolved_unseeded);
    job->resolved = job->resolved_unseeded = NULL;
    if (text_make(job, false, &job->resolved) && text_make(job, true, &job->resolved_unseeded))
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the resolved job");
}

int loader_resolve(struct loader *l)
{
    struct job *job = l->job;
    if (text_make(job, false, &job->resolved) && text_make(job, true, &job->resolved_unseeded) &&
        overrides_make(&l->entries, &job->overrides))
        return 0;
    return err_set(l->e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the resolved job");
}
