/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of a set: --interleave, --rounds N, two job files, options for both sides and,
 * behind A: or B:, for one. A colon is in no key and no phase's name, so --A:full.rate=5k cannot be
 * taken for a phase called A.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "run/commands.h"
#include "run/interleave.h"

static bool is_rounds(const char *arg)
{
    return !strcmp(arg, "--rounds") || !strncmp(arg, "--rounds=", 9);
}

/* 0 or 1: the side that --A:key or --B:key is for; -1: no such option. */
static int side_of(const char *arg)
{
    if (!strncmp(arg, "--A:", 4))
        return 0;
    return strncmp(arg, "--B:", 4) ? -1 : 1;
}

bool interleave_asked(const struct command_args *a)
{
    for (int i = 0; i < a->argc; i++)
        if (!strcmp(a->argv[i], "--interleave") || is_rounds(a->argv[i]) ||
            side_of(a->argv[i]) >= 0)
            return true;
    return false;
}

static void add_option(struct interleave_side *side, char *option)
{
    side->options[side->options_count++] = option;
}

static int add_side_option(struct interleave *set, const char *arg, struct err *e)
{
    char *option;
    if (asprintf(&option, "--%s", arg + 4) < 0)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory");
    set->owned[set->owned_count++] = option;
    add_option(&set->side[side_of(arg)], option);
    return 0;
}

static int read_rounds(struct interleave *set, const char *text, struct err *e)
{
    uint64_t n;
    if (!text || units_parse_count(text, &n) || n < INTERLEAVE_ROUNDS_MIN ||
        n > INTERLEAVE_ROUNDS_MAX)
        return err_set(e, EXIT_USAGE, -EINVAL, "--rounds %s: expected a whole number from %d to %d",
                       text ? text : "", INTERLEAVE_ROUNDS_MIN, INTERLEAVE_ROUNDS_MAX);
    set->rounds = (uint32_t)n;
    return 0;
}

static int add_path(struct interleave *set, const char *path, struct err *e)
{
    if (set->side[1].path)
        return err_set(e, EXIT_USAGE, -EINVAL, "%s: a third job: expected --interleave JOB_A JOB_B",
                       path);
    set->side[set->side[0].path != NULL].path = path;
    return 0;
}

/* One argument, or two; how many, or -errno. */
static int read_argument(struct interleave *set, const struct command_args *a, int i,
                         bool *interleave, struct err *e)
{
    char *arg = a->argv[i];
    int rc = 0;
    if (!strcmp(arg, "--interleave"))
        *interleave = true;
    else if (!strcmp(arg, "--rounds"))
        return (rc = read_rounds(set, i + 1 < a->argc ? a->argv[i + 1] : NULL, e)) ? rc : 2;
    else if (is_rounds(arg))
        rc = read_rounds(set, arg + 9, e);
    else if (side_of(arg) >= 0)
        rc = add_side_option(set, arg, e);
    else if (arg[0] != '-')
        rc = add_path(set, arg, e);
    else {
        add_option(&set->side[0], arg);
        add_option(&set->side[1], arg);
    }
    return rc ? rc : 1;
}

int interleave_parse(const struct command_args *a, struct interleave *set, struct err *e)
{
    bool interleave = false;
    size_t room = (size_t)a->argc + 1;
    *set = (struct interleave){.rounds = INTERLEAVE_ROUNDS, .owned = calloc(room, sizeof(char *))};
    set->side[0].options = calloc(room, sizeof(char *));
    set->side[1].options = calloc(room, sizeof(char *));
    if (!set->owned || !set->side[0].options || !set->side[1].options)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory");
    for (int i = 0; i < a->argc;) {
        int taken = read_argument(set, a, i, &interleave, e);
        if (taken < 0)
            return taken;
        i += taken;
    }
    if (!interleave || !set->side[1].path)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "expected gen run --interleave JOB_A JOB_B [--rounds N] [--key=value ...] "
                       "[--A:key=value ...] [--B:key=value ...]");
    return 0;
}

void interleave_free(struct interleave *set)
{
    for (int i = 0; i < set->owned_count; i++)
        free(set->owned[i]);
    free(set->owned);
    free(set->side[0].options);
    free(set->side[1].options);
    *set = (struct interleave){0};
}
