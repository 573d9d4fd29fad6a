/* SPDX-License-Identifier: BSD-3-Clause */
/* Who talks to whom: servers, sources, ports, and whether they make as many connections. */
#include <inttypes.h>
#include <string.h>

#include "job/load.h"

static int check_target_list(const struct loader *l)
{
    if (loader_setter(l, 0, "listen") && loader_setter(l, 0, "target"))
        return job_refuse(l->e, l->job, 0, "listen",
                          "target and listen are one list: expected one of them");
    if (job_is_outside(l->job) && !loader_setter(l, 0, job_targets_key(l->job)))
        return job_refuse(l->e, l->job, 0, "wire",
                          "nothing to talk to: expected target = ADDR:PORT as well");
    return 0;
}

/* A block is kept for tests when both its ends are: no prefix reaches from one such block to another. */
static int check_public(const struct loader *l)
{
    const struct job *job = l->job;
    char text[64];
    for (uint32_t i = 0; i < job->targets_count && !job->allow_public; i++) {
        struct ip_addr first = job->targets[i].addrs.first, last = ip_range_last(&job->targets[i].addrs);
        bool first_kept = ip_is_reserved_for_tests(first);
        if (!first_kept || !ip_is_reserved_for_tests(last))
            return job_refuse(
                l->e, l->job, 0, job_targets_key(l->job),
                "%s is a public address: expected one kept for private use or tests, or"
                " allow_public = yes",
                ip_format(text, sizeof text, first_kept ? last : first));
    }
    return 0;
}

/* Prefixes overlap when one holds the other's first address. */
static bool blocks_overlap(struct ip_range a, struct ip_range b)
{
    return ip_range_has(&a, b.first) || ip_range_has(&b, a.first);
}

static bool ports_overlap(struct port_range a, struct port_range b)
{
    return a.lo <= b.hi && b.lo <= a.hi;
}

static bool sources_collide(const struct job *job, uint32_t i, uint32_t k)
{
    return blocks_overlap(job->sources[i], job->sources[k]);
}

static bool job_ports_collide(const struct job *job, uint32_t i, uint32_t k)
{
    return ports_overlap(job->ports[i], job->ports[k]);
}

static bool targets_collide(const struct job *job, uint32_t i, uint32_t k)
{
    return blocks_overlap(job->targets[i].addrs, job->targets[k].addrs) &&
           ports_overlap(job->targets[i].ports, job->targets[k].ports);
}

/* What is in a pool twice would be counted twice. */
static int check_pool(const struct loader *l, const char *key, uint32_t count,
                      bool (*collide)(const struct job *job, uint32_t i, uint32_t k))
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = i + 1; k < count; k++)
            if (collide(l->job, i, k))
                return job_refuse(l->e, l->job, 0, key,
                                  "items %u and %u overlap: expected each address and port once",
                                  i + 1, k + 1);
    return 0;
}

static int check_pools(const struct loader *l)
{
    int ret = check_pool(l, "source", l->job->sources_count, sources_collide);
    if (ret == 0)
        ret = check_pool(l, "ports", l->job->ports_count, job_ports_collide);
    return ret ? ret : check_pool(l, job_targets_key(l->job), l->job->targets_count, targets_collide);
}

/* Each server address is a neighbour that is asked for, unless a gateway leads to all. */
static int check_servers(const struct loader *l)
{
    const struct job *job = l->job;
    struct job_pool pool = job_pool_of(job);
    bool direct = !job->gateway.hi && !job->gateway.lo;
    if (pool.targets > JOB_TARGETS_ALL)
        return job_refuse(l->e, job, 0, job_targets_key(l->job),
                          "%" PRIu64 " servers (addresses x ports): expected at most %u", pool.targets,
                          JOB_TARGETS_ALL);
    if (direct && pool.hosts > JOB_HOSTS_ON_LINK)
        return job_refuse(l->e, job, 0, job_targets_key(l->job),
                          "%" PRIu64 " addresses on the link, each to be asked for: expected at most"
                          " %u, or a gateway as well",
                          pool.hosts, JOB_HOSTS_ON_LINK);
    return 0;
}

uint32_t job_fullest(const struct job *job)
{
    uint32_t most = 0;
    for (uint32_t p = 1; p < job->phases_count; p++)
        if (job->phases[p].connections > job->phases[most].connections)
            most = p;
    return most;
}

/* The key that says how many there are. */
static const char *connections_key(const struct job *job)
{
    return !strcmp(job->search.suite, "capacity")      ? "users"
           : !strcmp(job->search.suite, "scale_steps") ? "scale_connections"
                                                       : "connections";
}

/* Each connection needs its own (source address, source port, target). */
static int check_tuples(const struct loader *l)
{
    const struct job *job = l->job;
    struct job_pool pool = job_pool_of(job);
    if (job->connections <= pool.tuples)
        return 0;
    const char *key = connections_key(job);
    return job_refuse(l->e, l->job, *key == 'c' ? job_fullest(job) : 0, key,
                      "%" PRIu64 " source addresses x %" PRIu64 " ports x %" PRIu64
                      " targets make %" PRIu64
                      " connections: expected a wider source, ports or target",
                      pool.sources, pool.ports, pool.targets, pool.tuples);
}

/* A worker has ports of its own. */
static int check_ports(const struct loader *l)
{
    struct job_pool pool = job_pool_of(l->job);
    if (pool.ports >= l->job->workers)
        return 0;
    return job_refuse(l->e, l->job, 0, "ports", "workers = %u: expected as many ports or more",
                      l->job->workers);
}

int check_addresses(const struct loader *l)
{
    static int (*const checks[])(const struct loader *l) = {
        check_target_list, check_family, check_public, check_pools, check_servers, check_tuples, check_ports,
    };
    int ret = 0;
    for (size_t i = 0; i < sizeof checks / sizeof *checks && ret == 0; i++)
        ret = checks[i](l);
    return ret;
}
