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

struct job_pool job_pool_sum(const struct job_pools *pools)
{
    struct job_pool pool = {0};
    for (uint32_t i = 0; i < pools->sources_count; i++)
        pool.sources = plus(pool.sources, pools->sources[i].count);
    for (uint32_t i = 0; i < pools->ports_count; i++)
        pool.ports += port_range_count(pools->ports[i]);
    for (uint32_t i = 0; i < pools->targets_count; i++)
        add_target(&pool, &pools->targets[i]);
    pool.tuples = times(times(pool.sources, pool.ports), pool.targets);
    return pool;
}

struct job_pool job_pool_of(const struct job *job)
{
    return job_pool_sum(&(struct job_pools){job->sources, job->ports, job->targets, job->sources_count,
                                            job->ports_count, job->targets_count});
}
