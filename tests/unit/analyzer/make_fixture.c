/* SPDX-License-Identifier: BSD-3-Clause */
/* make_fixture FILE WORD...: appends a run to a results file. Words: known real empty, running
 * dead aborted failed, invalid max, PASS FAIL NOT_MEASURED, workload=NAME, started=UNIX_NS. */
#include "tests/unit/analyzer/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take(struct fixture *f, const char *word)
{
    if (strcmp(word, "real") == 0)
        f->kind = FIXTURE_REAL;
    else if (strcmp(word, "empty") == 0)
        f->kind = FIXTURE_EMPTY;
    else if (strcmp(word, "running") == 0 || strcmp(word, "dead") == 0)
        f->state = RUN_RUNNING, f->dead = *word == 'd', f->by_parent = !f->dead;
    else if (strcmp(word, "aborted") == 0)
        f->state = RUN_ABORTED;
    else if (strcmp(word, "failed") == 0)
        f->state = RUN_FAILED;
    else if (strcmp(word, "invalid") == 0)
        f->invalid = true;
    else if (strcmp(word, "max") == 0)
        f->rate_max = true;
    else if (strncmp(word, "workload=", 9) == 0)
        f->workload_id = word + 9;
    else if (strncmp(word, "started=", 8) == 0)
        f->started_ns = strtoll(word + 8, NULL, 10);
    else if (strcmp(word, "known") != 0)
        f->verdict = word;
}

int main(int argc, char **argv)
{
    struct fixture f = {.state = RUN_DONE};
    if (argc < 2)
        return EXIT_FAILURE;
    for (int i = 2; i < argc; i++)
        take(&f, argv[i]);
    printf("%lld\n", (long long)fixture_write(argv[1], &f));
    return EXIT_SUCCESS;
}
