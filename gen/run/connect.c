/* SPDX-License-Identifier: BSD-3-Clause */
/* Brings the connections to what a phase wants, and says why none opened. */
#include <errno.h>

#include "base/units.h"
#include "run/memory.h"
#include "run/step.h"

#define CONNECT_MIN_NS 15000000000ull

static bool any_unresolved(const struct run *r)
{
    for (uint32_t w = 0; w < r->workers_count; w++)
        if (atomic_load(&r->workers[w].status.resolved) == NEIGH_FAILED)
            return true;
    return false;
}

/* The reason that most opens failed for. */
static enum result main_reason(const struct run *r, uint64_t *count)
{
    uint64_t sums[RESULT_COUNT] = {0};
    enum result most = RESULT_OK;
    for (uint32_t w = 0; w < r->workers_count; w++)
        for (int k = 0; k < RESULT_COUNT; k++)
            sums[k] += r->workers[w].client.connects_failed[k];
    for (int k = 0; k < RESULT_COUNT; k++)
        if (sums[k] > sums[most])
            most = (enum result)k;
    *count = sums[most];
    return most;
}

/* "198.19.0.1:9000", or the first block and that there are more. */
static void servers_text(const struct job *job, char *buf, size_t size)
{
    FILE *out = fmemopen(buf, size, "w");
    *buf = '\0';
    if (!out)
        return;
    job_target_print(&job->targets[0], out);
    if (job->targets_count > 1)
        fprintf(out, " and %u more", job->targets_count - 1);
    fclose(out);
}

/* One of all has no neighbour: which of them is the worker's to know. */
static int tell_no_route(const struct run *r, const char *servers, struct err *e)
{
    char host[64];
    if (job_pool_of(r->job).hosts > 1)
        return err_set(e, EXIT_RUN, -EHOSTUNREACH,
                       "no_route: nobody answers ARP for one of %s on %s: expected all hosts up there",
                       servers, r->job->wire);
    return err_set(e, EXIT_RUN, -EHOSTUNREACH,
                   "no_route: nobody answers ARP for %s on %s: expected a host that is up there",
                   ip_format(host, sizeof host, r->job->targets[0].addrs.first), r->job->wire);
}

static int why_not_connected(struct run *r, const struct job_phase *p, struct err *e)
{
    char servers[128];
    uint64_t count;
    servers_text(r->job, servers, sizeof servers);
    enum result why = main_reason(r, &count);
    if (why == RESULT_NO_ROUTE || any_unresolved(r))
        return tell_no_route(r, servers, e);
    return err_set(e, EXIT_RUN, -ECONNREFUSED,
                   "%s: none of %u connections to %s opened (%llu failed so): expected a server "
                   "that listens there", result_name(why), p->connections, servers,
                   (unsigned long long)count);
}

uint64_t connect_limit_ns(const struct job *job, const struct job_phase *p)
{
    uint64_t limit = job->connect_ns ? job->connect_ns : p->connect_timeout_ns * 2;
    if (!job->connect_ns && p->connect_rate_per_s > 0)
        limit += (uint64_t)((double)p->connections / p->connect_rate_per_s * 1e9);
    return limit < CONNECT_MIN_NS ? CONNECT_MIN_NS : limit;
}

bool connect_beforehand(const struct job_phase *p)
{
    return p->pattern != PATTERN_SHORT_LIVED && p->pattern != PATTERN_POOLED;
}

/* Whether connections must be opened or closed before this phase can begin. */
bool connect_needed(const struct run *r, const struct job_phase *p)
{
    uint64_t open = step_status(r, offsetof(struct worker_status, open));
    uint64_t wanted = p->pattern == PATTERN_SHORT_LIVED ? 0 : p->connections;
    return !r->commands || open > wanted || (connect_beforehand(p) && open < wanted);
}

/* Brings the connections to what the phase wants. */
int connect_phase(struct run *r, const struct job_phase *p, struct err *e)
{
    uint64_t limit = connect_limit_ns(r->job, p), start = clock_now_ns(&r->clock), end = start + limit;
    int phase = step_begin(r, p, PHASE_CONNECT, start, limit, e);
    if (phase < 0)
        return phase;
    struct worker_command cmd = {.mode = CLIENT_CONNECT, .start_ns = start, .end_ns = end,
                                 .phase = (uint32_t)phase};
    step_command(r, cmd, p, false);
    enum phase_exit why = step_await(r, r->commands, "connect", end, NULL);
    uint64_t open = step_status(r, offsetof(struct worker_status, open));
    uint64_t ended = clock_now_ns(&r->clock);
    if (why == PHASE_EXIT_TIME && ended < end)
        why = !connect_beforehand(p) || open >= p->connections ? PHASE_EXIT_CONNECTIONS
                                                             : PHASE_EXIT_COUNT;
    rec_phase_end(r->rec, (uint32_t)phase, ended, why);
    if (open > r->connections_opened)
        r->connections_opened = open;
    memory_loaded(r, open);
    if (why == PHASE_EXIT_SIGNAL)
        return -EINTR;
    if (why == PHASE_EXIT_COMMAND)
        return -ECANCELED;
    if (any_unresolved(r) || (connect_beforehand(p) && !open))
        return why_not_connected(r, p, e);
    return 0;
}

int connect_suffices(struct run *r, const struct job_phase *p)
{
    uint64_t open = step_status(r, offsetof(struct worker_status, open));
    double wanted = p->enter.percent > 0 ? p->enter.percent / 100 * p->connections
                                         : p->enter.connections;
    if ((double)open >= wanted)
        return 0;
    snprintf(r->aborted, sizeof r->aborted,
             "enter = connections>=%.12g%s of phase %s: %llu of %u are open",
             p->enter.percent > 0 ? p->enter.percent : wanted, p->enter.percent > 0 ? "%" : "",
             p->name, (unsigned long long)open, p->connections);
    return -ECANCELED;
}
