/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/exits.h"

#include <stddef.h>

#include "base/err.h"

static const int from_best[] = {EXIT_WELL,    EXIT_INCONCLUSIVE, EXIT_VERDICT, EXIT_INVALID,
                                EXIT_RUN,     EXIT_ENVIRONMENT,  EXIT_USAGE};
#define CODES (sizeof from_best / sizeof *from_best)

/* Any other (a signal's) is worse than all. */
static size_t place(int code)
{
    size_t i = 0;
    while (i < CODES && from_best[i] != code)
        i++;
    return i;
}

int exit_worse(int a, int b)
{
    return place(b) > place(a) ? b : a;
}
