/* SPDX-License-Identifier: BSD-3-Clause */
/* intended JOB [--key=value ...]: when the first phase's transactions are meant to start, all
 * workers' together, in ns from its start, a line each. */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "run/check.h"
#include "run/setup.h"

static void print_all(struct schedule *workers, uint32_t count)
{
    for (;;) {
        struct schedule *next = workers;
        for (uint32_t w = 1; w < count; w++)
            if (workers[w].next_ns < next->next_ns)
                next = &workers[w];
        uint64_t at = schedule_take(next);
        if (at == UINT64_MAX)
            return;
        printf("%llu\n", (unsigned long long)at);
    }
}

int main(int argc, char **argv)
{
    struct job job;
    struct err e = {0};
    struct job_args args = {argc - 2, argv + 2, NULL};
    if (argc < 2 || job_load(&job, argv[1], &args, &e) || check_job(&job, &e)) {
        fprintf(stderr, "intended: %s\n", argc < 2 ? "expected a job" : e.message);
        return EXIT_USAGE;
    }
    struct schedule *workers = calloc(job.workers, sizeof *workers);
    for (uint32_t w = 0; workers && w < job.workers; w++) {
        struct load_spec spec;
        setup_spec(&job, &job.phases[0], w, &spec);
        schedule_init(&workers[w], &spec, 0);
    }
    if (workers && !job.phases[0].rate_max)
        print_all(workers, job.workers);
    free(workers);
    job_fini(&job);
    return EXIT_WELL;
}
