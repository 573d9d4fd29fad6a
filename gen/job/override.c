/* SPDX-License-Identifier: BSD-3-Clause */
/* Environment variables and command-line arguments that set keys. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "job/entry.h"
#include "job/job.h"
#include "job/value.h"

#define VARIABLE "BENCH_"

/* ---- environment ---- */

static const struct option *variable_option(const char *name, size_t len)
{
    char buf[64];
    for (uint32_t i = 0; i < option_count; i++)
        if (strlen(option_variable(&options[i], buf, sizeof buf)) == len && !memcmp(buf, name, len))
            return &options[i];
    return NULL;
}

/* A long name that is nearly one of ours is a mistake; any other is somebody else's. */
#define VARIABLE_KEY_MIN 6
static int variable_refuse(const char *variable, size_t len, struct err *e)
{
    char key[64] = "", name[64];
    for (size_t i = strlen(VARIABLE); i < len && i - strlen(VARIABLE) < sizeof key - 1; i++)
        key[i - strlen(VARIABLE)] = (char)tolower((unsigned char)variable[i]);
    const struct option *near = strlen(key) < VARIABLE_KEY_MIN ? NULL : option_nearest(key);
    if (!near)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL, "%.*s: unknown variable: did you mean %s?", (int)len,
                   variable, option_variable(near, name, sizeof name));
}

int entries_read_environment(struct entries *entries, char *const *environment, struct err *e)
{
    int ret = 0;
    uint32_t layer = entries->layers++;
    for (; environment && *environment && ret == 0; environment++) {
        char *equals = strchr(*environment, '=');
        if (!equals || !equals[1] || strncmp(*environment, VARIABLE, strlen(VARIABLE)))
            continue; /* an empty variable counts as not set */
        size_t len = (size_t)(equals - *environment);
        struct entry entry = {.from = FROM_ENVIRONMENT,
                              .layer = layer,
                              .value = equals + 1,
                              .given = *environment,
                              .option = variable_option(*environment, len)};
        ret =
            entry.option ? entries_add(entries, &entry, e) : variable_refuse(*environment, len, e);
    }
    return ret;
}

/* ---- command line: --key=value, --PHASE.key=value, --flag ---- */

struct argument {
    char section[64], key[64];
    const char *value; /* NULL: none */
};

static int argument_split(const char *text, struct argument *a)
{
    const char *name = text + 2, *equals = strchr(text, '=');
    const char *end = equals ? equals : text + strlen(text);
    const char *dot = memrchr(name, '.', (size_t)(end - name));
    const char *key = dot ? dot + 1 : name;
    if (end - key >= (ptrdiff_t)sizeof a->key || key - name >= (ptrdiff_t)sizeof a->section)
        return -EINVAL;
    snprintf(a->section, sizeof a->section, "%.*s", dot ? (int)(dot - name) : 0, name);
    snprintf(a->key, sizeof a->key, "%.*s", (int)(end - key), key);
    for (char *at = a->key; *at; at++)
        if (*at == '-')
            *at = '_'; /* --connect-rate is --connect_rate */
    a->value = equals ? equals + 1 : NULL;
    return dot == name ? -EINVAL : 0;
}

static int argument_refuse(const char *text, const char *key, struct err *e)
{
    const struct option *near = option_nearest(key);
    if (!strcmp(key, "include"))
        return err_set(e, EXIT_USAGE, -EINVAL, "%s: expected it in a job file: include = FILE",
                       text);
    return err_set(e, EXIT_USAGE, -EINVAL, "%s: unknown option%s%s%s", text,
                   near ? ": did you mean --" : "", near ? near->key : "", near ? "?" : "");
}

static int argument_add(struct entries *entries, uint32_t layer, char *text, struct err *e)
{
    struct argument a;
    if (strncmp(text, "--", 2) || !text[2] || argument_split(text, &a) < 0)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s: expected --key=value or --PHASE.key=value",
                       text);
    struct entry entry = {.from = FROM_ARGUMENT,
                          .layer = layer,
                          .option = option_find(a.key),
                          .given = text,
                          .section = a.section,
                          .value = (char *)a.value};
    if (!entry.option)
        return argument_refuse(text, a.key, e);
    if (!a.value && entry.option->kind != &kind_flag)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s: expected %s=%s", text, text,
                       entry.option->form ? entry.option->form : "VALUE");
    if (!a.value)
        entry.value = (char *)"yes";
    return entries_add(entries, &entry, e);
}

int entries_read_arguments(struct entries *entries, const struct job_args *args, struct err *e)
{
    int ret = 0;
    uint32_t layer = entries->layers++;
    for (int i = 0; i < args->argc && ret == 0; i++)
        ret = argument_add(entries, layer, args->argv[i], e);
    return ret;
}
