/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads a job from text, with arguments and environment, and keeps what came of it. */
#ifndef TESTS_UNIT_JOB_FIXTURE_H
#define TESTS_UNIT_JOB_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "job/job.h"
#include "tests/lib/check_main.h"

struct fixture {
    struct job job;
    struct err e;
    int ret;
    char folder[32], path[64];
};

static char *const no_words[] = {NULL};

/* Writes `text` to x.conf in a new folder and loads it; NULL words: none. NULL text: no file. */
static inline int fixture_load(struct fixture *f, const char *text, char *const *arguments,
                               char *const *environment)
{
    memset(f, 0, sizeof *f);
    struct job_args args = {.argv = (char **)(arguments ? arguments : no_words),
                            .environ = environment ? environment : no_words};
    while (args.argv[args.argc])
        args.argc++;
    if (!text)
        return f->ret = job_defaults(&f->job, &args, &f->e);
    strcpy(f->folder, "/tmp/wb-job-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/x.conf", f->folder);
    FILE *file = fopen(f->path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    f->ret = job_load(&f->job, f->path, &args, &f->e);
    unlink(f->path);
    rmdir(f->folder);
    return f->ret;
}

static inline void fixture_fini(struct fixture *f)
{
    job_fini(&f->job);
}

/* The text must load. */
static inline void load_well(struct fixture *f, const char *text, char *const *arguments,
                             char *const *environment)
{
    fixture_load(f, text, arguments, environment);
    ck_assert_msg(f->ret == 0, "%s", f->e.message);
    ck_assert_int_eq(f->e.exit_code, EXIT_WELL);
}

/* The text must be refused with exactly this message, "x.conf" standing for the path. */
static inline void load_refused(const char *text, char *const *arguments, char *const *environment,
                                const char *message)
{
    struct fixture f;
    char expected[1000];
    fixture_load(&f, text, arguments, environment);
    ck_assert_msg(f.ret < 0, "loaded, but expected: %s", message);
    if (!strncmp(message, "x.conf", 6))
        snprintf(expected, sizeof expected, "%s%s", f.path, message + 6);
    else
        snprintf(expected, sizeof expected, "%s", message);
    ck_assert_str_eq(f.e.message, expected);
    ck_assert_int_eq(f.e.exit_code, EXIT_USAGE);
    ck_assert_ptr_null(f.job.resolved);
}

#define WORDS(...) ((char *const[]){__VA_ARGS__, NULL})

/* `payload = 2KiB`, at the start of a line of the resolved text. */
static inline bool has_line(const char *text, const char *key, const char *value)
{
    char line[400];
    snprintf(line, sizeof line, "\n%s = %s\n", key, value);
    return strstr(text, line) != NULL;
}

#endif
