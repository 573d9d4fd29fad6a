/* SPDX-License-Identifier: BSD-3-Clause */
/* Which processors the workers of a run get. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "run/setup.h"

static uint32_t allowed_cpus(int *cpus, uint32_t max)
{
    cpu_set_t set;
    uint32_t n = 0;
    if (sched_getaffinity(0, sizeof set, &set))
        return 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && n < max; cpu++)
        if (CPU_ISSET(cpu, &set))
            cpus[n++] = cpu;
    return n;
}

static bool is_allowed(long cpu)
{
    cpu_set_t set;
    return cpu >= 0 && cpu < CPU_SETSIZE && !sched_getaffinity(0, sizeof set, &set) &&
           CPU_ISSET((size_t)cpu, &set);
}

static int listed_cpus(const struct job *job, uint32_t wanted, int *cpus, struct err *e)
{
    const char *at = job->cpus;
    for (uint32_t i = 0; i < wanted; i++) {
        char *end;
        long cpu = strtol(at, &end, 10);
        if (end == at || !is_allowed(cpu) || (*end && *end != ','))
            return err_set(e, EXIT_USAGE, -EINVAL,
                           "%s: cpus = \"%s\": expected %u CPUs that this process may use, "
                           "separated by commas, the client's workers first, then the responder's",
                           job->workload_id, job->cpus, wanted);
        cpus[i] = (int)cpu;
        at = *end ? end + 1 : end;
    }
    return 0;
}

int setup_cpus(const struct job *job, uint32_t wanted, int *cpus, struct err *e)
{
    if (job->cpus[0])
        return listed_cpus(job, wanted, cpus, e);
    int have[256];
    uint32_t n = allowed_cpus(have, 256);
    for (uint32_t i = 0; i < wanted; i++)
        cpus[i] = n >= 2 ? have[i % n] : -1;
    return 0;
}
