/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "run/commands.h"
#include "run/show.h"

static int until_parse(const char *text, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || !n || n > UINT32_MAX)
        return -1;
    *out = (uint32_t)n;
    return 0;
}

static bool is_script(const char *path)
{
    size_t len = strlen(path);
    return len > 4 && !strcmp(path + len - 4, ".pkt");
}

/* Options that are the command's own; others are keys of a job. */
static int option_take(char *arg, struct show_ask *ask, struct err *e)
{
    if (!strcmp(arg, "--json"))
        ask->json = true;
    else if (strncmp(arg, "--until=", 8))
        ask->argv[ask->argc++] = arg;
    else if (until_parse(arg + 8, &ask->until))
        return err_set(e, EXIT_USAGE, EXIT_USAGE,
                       "replay: until = \"%s\": expected a number of records from 1 on", arg + 8);
    return 0;
}

static int arguments_take(const struct command_args *a, struct show_ask *ask, struct err *e)
{
    for (int i = 0; i < a->argc; i++) {
        char *arg = a->argv[i];
        if (arg[0] != '-' && ask->path)
            return err_set(e, EXIT_USAGE, EXIT_USAGE, "replay: \"%s\": expected one file", arg);
        if (arg[0] != '-')
            ask->path = arg;
        else if (option_take(arg, ask, e))
            return EXIT_USAGE;
    }
    if (!ask->path)
        return err_set(e, EXIT_USAGE, EXIT_USAGE,
                       "replay: no file: expected gen replay FILE [--until=N] [--json]");
    bool script = is_script(ask->path);
    if (script && ask->until)
        return err_set(e, EXIT_USAGE, EXIT_USAGE, "replay: --until is for recordings, %s is a script",
                       ask->path);
    if (!script && ask->argc)
        return err_set(e, EXIT_USAGE, EXIT_USAGE,
                       "replay: \"%s\": a recording has its own job: expected --until=N or --json",
                       ask->argv[0]);
    return 0;
}

int command_replay(const struct command_args *a, struct err *e)
{
    struct show_ask ask = {.argv = calloc((size_t)a->argc + 1, sizeof *ask.argv)};
    int code = ask.argv ? arguments_take(a, &ask, e)
                        : err_set(e, EXIT_RUN, EXIT_RUN, "no memory for the arguments");
    if (!code)
        code = is_script(ask.path) ? show_script(&ask, e) : show_recording(&ask, e);
    free(ask.argv);
    return code;
}
