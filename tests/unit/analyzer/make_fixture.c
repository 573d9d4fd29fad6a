/* SPDX-License-Identifier: BSD-3-Clause */
/* make_fixture FILE WORD...: appends a run to a results file. Words: known real empty, running
 * dead aborted failed, invalid max, PASS FAIL NOT_MEASURED, workload=NAME, started=UNIX_NS;
 * of known ones also latency=FACTOR rate=FACTOR control=FACTOR errors=N (a worker-second)
 * seconds=N (errors=-1: none) key=HISTORY_KEY job=TEXT commit=ID margins=TEXT kernel=NAME
 * governor=NAME backwards, set=UUID round=N side=A|B. "--" between words begins another run, as the
 * one before it begun a minute later. */
#include "tests/unit/analyzer/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What it frees, megabytes for each second of a run, need not be kept from use by the address
 * sanitizer: new pages for it took half of the time. ASAN_OPTIONS comes after. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1";
}

static struct run_interleave interleave;

static const char *value_of(const char *word, const char *name)
{
    size_t len = strlen(name);
    return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

/* NAME=VALUE; false: it is not one of these. */
static bool take_value(struct fixture *f, const char *word)
{
    const struct {
        const char *name, **text;
        double *factor;
        int64_t *number;
    } values[] = {
        {"workload", &f->workload_id, NULL, NULL},
        {"key", &f->history_key, NULL, NULL},
        {"job", &f->job, NULL, NULL},
        {"commit", &f->subject_commit, NULL, NULL},
        {"margins", &f->margins, NULL, NULL},
        {"kernel", &f->kernel, NULL, NULL},
        {"governor", &f->governor, NULL, NULL},
        {"set", &interleave.uuid, NULL, NULL},
        {"side", &interleave.side, NULL, NULL},
        {"latency", NULL, &f->latency, NULL},
        {"rate", NULL, &f->rate, NULL},
        {"control", NULL, &f->control, NULL},
        {"started", NULL, NULL, &f->started_ns},
        {"errors", NULL, NULL, &f->failed},
        {"seconds", NULL, NULL, &f->seconds},
        {"round", NULL, NULL, &interleave.round},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *value = value_of(word, values[i].name);
        if (!value)
            continue;
        if (values[i].text)
            *values[i].text = value;
        else if (values[i].factor)
            *values[i].factor = strtod(value, NULL);
        else
            *values[i].number = strtoll(value, NULL, 10);
        return true;
    }
    return false;
}

static void take(struct fixture *f, const char *word)
{
    if (take_value(f, word))
        return;
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
    else if (strcmp(word, "backwards") == 0)
        f->backwards = true;
    else if (strcmp(word, "known") != 0)
        f->verdict = word;
}

static void write_run(const char *path, struct fixture *f)
{
    f->interleave = interleave.uuid ? &interleave : NULL;
    printf("%lld\n", (long long)fixture_write(path, f));
    f->started_ns = (f->started_ns ? f->started_ns : FIXTURE_STARTED_NS) + 60000000000ll;
}

int main(int argc, char **argv)
{
    struct fixture f = {.state = RUN_DONE};
    if (argc < 2)
        return EXIT_FAILURE;
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--") == 0)
            write_run(argv[1], &f);
        else
            take(&f, argv[i]);
    write_run(argv[1], &f);
    return EXIT_SUCCESS;
}
