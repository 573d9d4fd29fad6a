/* SPDX-License-Identifier: BSD-3-Clause */
/* How many connections a job's pools of addresses and ports are good for. */
#include "job/job.h"

static uint64_t plus(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static void add_target(struct job_pool *pool, const struct job_target *target)
{
    pool->hosts = plus(pool->hosts, target->addrs.count);
    pool->targets = plus(pool->targets, times(target->addrs.count, port_range_count(target->ports)));
}

struct job_pool job_pool_of(const struct job *job)
{
    struct job_pool pool = {0};
    for (uint32_t i = 0; i < job->sources_count; i++)
        pool.sources = plus(pool.sources, job->sources[i].count);
    for (uint32_t i = 0; i < job->ports_count; i++)
        pool.ports += port_range_count(job->ports[i]);
    for (uint32_t i = 0; i < job->targets_count; i++)
        add_target(&pool, &job->targets[i]);
    pool.tuples = times(times(pool.sources, pool.ports), pool.targets);
    return pool;
}
