/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From entries to a job. Values are applied in the order of rising precedence: defaults, then layer
 * by layer (included files, the job file, environment, command line), in each what holds for all
 * phases before what holds for one. Each is parsed and checked even when a later one replaces it.
 */
#include "job/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "job/value.h"

#define NO_FILE_ID "default" /* workload id of a job without a file */

const struct entry *loader_setter(const struct loader *l, uint32_t phase, const char *key)
{
    return l->setter[phase][option_find(key) - options];
}

/* ---- one value ---- */

static int value_refuse(const struct loader *l, const struct entry *entry)
{
    char where[WHERE_MAX], expected[256] = "";
    entry_where(&l->entries, entry, where, sizeof where);
    FILE *out = fmemopen(expected, sizeof expected, "w");
    if (out) {
        entry->option->kind->expect(entry->option, out);
        fclose(out);
    }
    return err_set(l->e, EXIT_USAGE, -EINVAL, "%s: expected %s", where, expected);
}

static int later_refuse(const struct loader *l, const struct entry *entry, const char *later)
{
    char where[WHERE_MAX];
    return err_set(l->e, EXIT_USAGE, -EOPNOTSUPP, "%s: not in this version (%s)",
                   entry_where(&l->entries, entry, where, sizeof where), later);
}

static int value_set(struct loader *l, const struct entry *entry, uint32_t phase)
{
    const struct option *o = entry->option;
    void *owner = o->phase ? (void *)&l->job->phases[phase] : l->job;
    const char *later = option_later(o, entry->value);
    if (later)
        return later_refuse(l, entry, later);
    if (o->kind->parse(o, entry->value, owner) < 0)
        return value_refuse(l, entry);
    l->setter[phase][o - options] = entry;
    return 0;
}

/* ---- one entry ---- */

static int phase_find(const struct loader *l, const char *name)
{
    for (uint32_t i = 0; i < l->job->phases_count; i++)
        if (!strcmp(l->job->phases[i].name, name))
            return (int)i;
    return -ENOENT;
}

static int phase_refuse(const struct loader *l, const struct entry *entry)
{
    char where[WHERE_MAX], names[128] = "";
    for (uint32_t i = 0; i < l->job->phases_count; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", l->job->phases[i].name);
    }
    return err_set(l->e, EXIT_USAGE, -EINVAL, "%s: there is no phase \"%s\": expected %s",
                   entry_where(&l->entries, entry, where, sizeof where), entry->section, names);
}

static int entry_apply(struct loader *l, const struct entry *entry)
{
    char where[WHERE_MAX];
    int phase = *entry->section ? phase_find(l, entry->section) : 0;
    if (phase < 0)
        return phase_refuse(l, entry);
    if (*entry->section && !entry->option->phase && !entry->option->later)
        return err_set(l->e, EXIT_USAGE, -EINVAL, "%s: %s holds for the whole run: expected %s",
                       entry_where(&l->entries, entry, where, sizeof where), entry->option->key,
                       entry->from == FROM_FILE ? "it in [global]" : "it without a phase");
    bool everywhere = entry->option->phase && !*entry->section;
    uint32_t last = everywhere ? l->job->phases_count - 1 : (uint32_t)phase;
    int ret = 0;
    for (uint32_t i = (uint32_t)phase; i <= last && ret == 0; i++)
        ret = value_set(l, entry, i);
    return ret;
}

/* Applies the entries of one layer: those for all phases, or those for one. */
static int layer_apply(struct loader *l, uint32_t layer, bool one_phase)
{
    int ret = 0;
    for (uint32_t i = 0; i < l->entries.count && ret == 0; i++) {
        const struct entry *entry = &l->entries.all[i];
        if (entry->option && entry->layer == layer && (*entry->section != '\0') == one_phase)
            ret = entry_apply(l, entry);
    }
    return ret;
}

/* ---- the whole ---- */

static void defaults_apply(struct loader *l)
{
    for (uint32_t i = 0; i < option_count; i++)
        for (uint32_t p = 0; p < (options[i].phase ? l->job->phases_count : 1); p++)
            if (options[i].initial)
                options[i].kind->parse(&options[i], options[i].initial,
                                       options[i].phase ? (void *)&l->job->phases[p] : l->job);
}

static int phases_make(struct loader *l)
{
    struct job *job = l->job;
    char where[WHERE_MAX];
    for (uint32_t i = 0; i < l->entries.count; i++) {
        const struct entry *entry = &l->entries.all[i];
        if (entry->from != FROM_SECTION || !strcmp(entry->section, "global"))
            continue;
        if (phase_find(l, entry->section) >= 0) /* of a file that is included */
            continue;
        if (job->phases_count == JOB_PHASES)
            return err_set(l->e, EXIT_USAGE, -E2BIG, "%s: expected at most %d phases",
                           entry_where(&l->entries, entry, where, sizeof where), JOB_PHASES);
        job->phases[job->phases_count].number = job->phases_count;
        snprintf(job->phases[job->phases_count++].name, sizeof job->phases->name, "%s",
                 entry->section);
    }
    if (job->phases_count == 0)
        strcpy(job->phases[job->phases_count++].name, "main");
    return 0;
}

static bool is_override(const struct entry *entry)
{
    return entry->from >= FROM_ENVIRONMENT && !entry->option->aside;
}

static int identity_set(struct loader *l)
{
    struct job *job = l->job;
    const char *path = l->entries.path, *slash = strrchr(path, '/');
    const char *name = *path ? (slash ? slash + 1 : path) : NO_FILE_ID;
    size_t len = strlen(name);
    if (len > 5 && !strcmp(name + len - 5, ".conf"))
        len -= 5;
    bool overridden = false;
    for (uint32_t i = 0; i < l->entries.count; i++)
        overridden |= is_override(&l->entries.all[i]);
    if (len + 2 > sizeof job->workload_id || strlen(path) >= sizeof job->source)
        return err_set(l->e, EXIT_USAGE, -ENAMETOOLONG,
                       "%s: the name is too long: expected at most %zu bytes, %zu with its folders",
                       path, sizeof job->workload_id - 2, sizeof job->source - 1);
    snprintf(job->source, sizeof job->source, "%s", path);
    snprintf(job->workload_id, sizeof job->workload_id, "%.*s%s", (int)len, name,
             overridden ? "+" : "");
    return 0;
}

static int layers_apply(struct loader *l)
{
    int ret = 0;
    for (uint32_t layer = 0; layer < l->entries.layers && ret == 0; layer++) {
        ret = layer_apply(l, layer, false);
        if (ret == 0)
            ret = layer_apply(l, layer, true);
    }
    return ret;
}

static int loader_build(struct loader *l)
{
    int ret = phases_make(l);
    if (ret < 0)
        return ret;
    defaults_apply(l);
    ret = layers_apply(l);
    if (ret == 0)
        ret = loader_settle(l);
    if (ret == 0)
        ret = identity_set(l);
    return ret == 0 ? loader_resolve(l) : ret;
}

static int loader_run(struct loader *l, const char *path, const struct job_args *args)
{
    int ret = path ? entries_read_file(&l->entries, path, l->e) : 0;
    if (ret == 0 && args)
        ret = entries_read_environment(&l->entries, args->environ, l->e);
    if (ret == 0 && args)
        ret = entries_read_arguments(&l->entries, args, l->e);
    return ret == 0 ? loader_build(l) : ret;
}

static struct loader *loader_make(struct job *job, const char *path, struct err *e)
{
    struct loader *l = calloc(1, sizeof *l);
    char *copy = strdup(path ? path : "");
    if (!l || !copy) {
        free(l);
        free(copy);
        return NULL;
    }
    l->job = job;
    l->e = e;
    l->entries.path = copy;
    return job->loader = l;
}

static int job_make(struct job *job, const char *path, const struct job_args *args, struct err *e)
{
    *job = (struct job){0};
    struct loader *l = loader_make(job, path, e);
    if (!l)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the job");
    int ret = loader_run(l, path, args);
    l->job = NULL;
    l->e = NULL;
    if (ret < 0)
        job_fini(job);
    return ret;
}

int job_load(struct job *job, const char *path, const struct job_args *args, struct err *e)
{
    return job_make(job, path, args, e);
}

int job_defaults(struct job *job, const struct job_args *args, struct err *e)
{
    return job_make(job, NULL, args, e);
}

void job_fini(struct job *job)
{
    for (uint32_t p = 0; p < job->phases_count; p++) {
        free(job->phases[p].arrivals_ns);
        job->phases[p].arrivals_ns = NULL;
    }
    free(job->resolved);
    free(job->resolved_unseeded);
    free(job->overrides);
    if (job->loader)
        entries_free(&job->loader->entries);
    free(job->loader);
    job->resolved = job->resolved_unseeded = job->overrides = NULL;
    job->loader = NULL;
}
