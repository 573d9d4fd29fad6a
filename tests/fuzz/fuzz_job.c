/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a job: a job file up to the first NUL byte, then words that end in NUL: files that it
 * may include (+TEXT; the first is called 501, the next 502), variables (BENCH_...) and arguments.
 * What loads must read back from its resolved text as the same job; what does not must say why.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "job/job.h"

#define WORDS_MAX 32
#define FILES_MAX 4
#define FIRST_FD  500 /* the files' names are their descriptors', by /proc/self/fd */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(x)                                                                                 \
    do {                                                                                           \
        if (!(x))                                                                                  \
            abort();                                                                               \
    } while (0)

static void file_make(int at, const char *text)
{
    int fd = memfd_create("job", MFD_CLOEXEC);
    REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    REQUIRE(dup2(fd, at) == at);
    close(fd);
}

static int load(struct job *job, const char *text, const struct job_args *args)
{
    char path[64];
    struct err e = {0};
    file_make(FIRST_FD, text);
    snprintf(path, sizeof path, "/proc/self/fd/%d", FIRST_FD);
    int ret = job_load(job, path, args, &e);
    close(FIRST_FD);
    REQUIRE(ret == 0 || (e.exit_code == EXIT_USAGE && *e.message && !job->resolved));
    return ret;
}

static void read_back(const struct job *job)
{
    struct job again;
    REQUIRE(load(&again, job->resolved, NULL) == 0);
    REQUIRE(!strcmp(job->resolved, again.resolved));
    REQUIRE(!strcmp(job->resolved_unseeded, again.resolved_unseeded));
    REQUIRE(!memcmp(job->phases, again.phases, sizeof job->phases));
    job_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    REQUIRE(text);
    memcpy(text, data, size);
    text[size] = '\0';

    char *argv[WORDS_MAX + 1], *variables[WORDS_MAX + 1] = {NULL};
    struct job_args args = {.argv = argv, .environ = variables};
    int variable_count = 0, files = 0;
    for (char *at = text + strlen(text) + 1; at < text + size; at += strlen(at) + 1)
        if (*at == '+') {
            if (files < FILES_MAX)
                file_make(FIRST_FD + ++files, at + 1);
        } else if (strncmp(at, "BENCH_", 6)) {
            if (args.argc < WORDS_MAX)
                argv[args.argc++] = at;
        } else if (variable_count < WORDS_MAX) {
            variables[variable_count++] = at;
            variables[variable_count] = NULL;
        }

    struct job job;
    if (load(&job, text, &args) == 0) {
        read_back(&job);
        job_fini(&job);
    }
    while (files)
        close(FIRST_FD + files--);
    free(text);
    return 0;
}
