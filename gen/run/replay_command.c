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

int command_replay(const struct command_args *a, struct err *e)
{
    struct show_ask ask = {0};
    for (int i = 0; i < a->argc; i++) {
        const char *arg = a->argv[i];
        if (!strcmp(arg, "--json")) {
            ask.json = true;
        } else if (!strncmp(arg, "--until=", 8)) {
            if (until_parse(arg + 8, &ask.until))
                return err_set(e, EXIT_USAGE, EXIT_USAGE,
                               "replay: until = \"%s\": expected a number of records from 1 on",
                               arg + 8);
        } else if (arg[0] == '-' || ask.path) {
            return err_set(e, EXIT_USAGE, EXIT_USAGE,
                           "replay: \"%s\": expected one file, --until=N, --json", arg);
        } else {
            ask.path = arg;
        }
    }
    if (!ask.path)
        return err_set(e, EXIT_USAGE, EXIT_USAGE,
                       "replay: no file: expected gen replay FILE [--until=N] [--json]");
    return show_recording(&ask, e);
}
