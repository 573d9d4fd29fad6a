/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/tuples.h"

#include <errno.h>

#include "base/mem.h"
#include "wire/rss.h"

#define BY_QUEUE_ROOM  4u  /* tuples that land, for each connection that stays */
#define BY_QUEUE_WAITS (1u << 20) /* ... for those that come and go: as many as may be in TIME-WAIT */
#define BY_QUEUE_TRIES 64u /* a queue: then the next one has to do, and its frames are handed over */

static uint64_t at_most(uint64_t v, uint64_t most)
{
    return v < most ? v : most;
}

static struct job_pool pool_of(const struct tuples_config *cfg)
{
    return job_pool_sum(&(struct job_pools){cfg->sources, cfg->ports, cfg->targets, cfg->sources_count,
                                            cfg->ports_count, cfg->targets_count});
}

/* job/ bounds both. */
static uint32_t hosts_of(const struct tuples_config *cfg)
{
    return (uint32_t)pool_of(cfg).hosts;
}

uint32_t tuples_targets(const struct tuples_config *cfg)
{
    return (uint32_t)pool_of(cfg).targets;
}

/* More sources than connections are of use only when there will be other connections. */
uint32_t tuples_sources(const struct tuples_config *cfg)
{
    uint64_t sources = at_most(pool_of(cfg).sources, TUPLES_PATHS_MAX / hosts_of(cfg));
    if (!cfg->comes_and_goes)
        sources = at_most(sources, cfg->connections);
    return sources ? (uint32_t)sources : 1;
}

uint32_t tuples_paths(const struct tuples_config *cfg)
{
    return tuples_sources(cfg) * hosts_of(cfg);
}

uint64_t tuples_memory(const struct tuples_config *cfg)
{
    return (uint64_t)tuples_targets(cfg) * sizeof(struct tuple_target);
}

static uint32_t ports_of(const struct tuples_config *cfg)
{
    uint32_t all = (uint32_t)pool_of(cfg).ports;
    return all / cfg->workers + (cfg->worker < all % cfg->workers ? 1 : 0);
}

uint64_t tuples_count(const struct tuples_config *cfg)
{
    return (uint64_t)tuples_sources(cfg) * ports_of(cfg) * tuples_targets(cfg);
}

/* Port `n` of all ranges. */
static uint16_t port_at(const struct tuples_config *cfg, uint32_t n)
{
    uint32_t i = 0;
    for (; n >= port_range_count(cfg->ports[i]); i++)
        n -= port_range_count(cfg->ports[i]);
    return (uint16_t)(cfg->ports[i].lo + n);
}

void tuples_owners(const struct tuples_config *cfg, uint16_t owner[65536])
{
    uint32_t ports = (uint32_t)pool_of(cfg).ports;
    for (uint32_t n = 0; n < ports; n++)
        owner[port_at(cfg, n)] = (uint16_t)(n % cfg->workers);
}

/* Every address of a block at one port, then at the next. */
static void list_targets(struct tuples *t)
{
    struct tuple_target *out = t->targets;
    uint32_t first_host = 0;
    for (uint32_t i = 0; i < t->cfg.targets_count; i++) {
        const struct job_target *block = &t->cfg.targets[i];
        for (uint32_t port = block->ports.lo; port <= block->ports.hi; port++)
            for (uint32_t n = 0; n < block->addrs.count; n++)
                *out++ = (struct tuple_target){ip_nth(block->addrs, n), first_host + n, (uint16_t)port};
        first_host += (uint32_t)block->addrs.count;
    }
}

/* Odd, so that all low bits of the addresses change; never past the pool's end. */
static uint64_t step_of(uint64_t pool, uint32_t walked)
{
    uint64_t step = pool / walked;
    return step > 1 && step % 2 == 0 ? step - 1 : step;
}

/* As many ports of a source in a row as leave every source its share of the connections. */
static uint32_t run_of(const struct tuples *t)
{
    uint64_t share = t->cfg.connections / ((uint64_t)t->sources * t->targets_count);
    if (t->cfg.brief && share < TUPLES_RUN_BRIEF)
        share = TUPLES_RUN_BRIEF;
    share = at_most(at_most(share, TUPLES_RUN_MAX), t->ports);
    return share ? (uint32_t)share : 1;
}

/* One tuple in as many as there are workers lands at its own. */
static bool can_choose(const struct tuples_config *cfg)
{
    uint64_t wanted = (uint64_t)BY_QUEUE_ROOM * cfg->connections + (cfg->comes_and_goes ? BY_QUEUE_WAITS : 0);
    return cfg->rss && tuples_count(cfg) / cfg->workers >= wanted;
}

int tuples_init(struct tuples *t, const struct tuples_config *cfg, struct err *e)
{
    *t = (struct tuples){.cfg = *cfg, .targets_count = tuples_targets(cfg), .hosts_count = hosts_of(cfg),
                         .sources = tuples_sources(cfg), .ports = ports_of(cfg),
                         .by_queue = can_choose(cfg)};
    t->source_step = step_of(pool_of(cfg).sources, t->sources);
    t->run = t->run_now = run_of(t);
    t->targets = mem_reserve(tuples_memory(cfg), "list of servers", e);
    if (!t->targets)
        return -ENOMEM;
    list_targets(t);
    return 0;
}

void tuples_fini(struct tuples *t)
{
    mem_release(t->targets, tuples_memory(&t->cfg));
    t->targets = NULL;
}

struct ip_addr tuples_source(const struct tuples *t, uint32_t source)
{
    uint64_t n = source * t->source_step;
    uint32_t i = 0;
    while (n >= t->cfg.sources[i].count)
        n -= t->cfg.sources[i++].count;
    return ip_nth(t->cfg.sources[i], n);
}

/* Server, port within the run, source, next run of ports. */
static void advance(struct tuples *t)
{
    if (++t->target < t->targets_count)
        return;
    t->target = 0;
    if (++t->run_at < t->run_now)
        return;
    t->run_at = 0;
    if (++t->source < t->sources)
        return;
    t->source = 0;
    t->port += t->run_now;
    if (t->port >= t->ports)
        t->port = 0;
    t->run_now = (uint32_t)at_most(t->run, t->ports - t->port);
}

static struct tuple next(struct tuples *t)
{
    const struct tuple_target *target = &t->targets[t->target];
    uint32_t port = (t->port + t->run_at) * t->cfg.workers + t->cfg.worker;
    struct tuple tuple = {target, t->source * t->hosts_count + target->host, port_at(&t->cfg, port)};
    advance(t);
    return tuple;
}

static bool lands(const struct tuples *t, const struct tuple *tuple)
{
    struct rss_flow reply = {.from = tuple->target->addr, .from_port = tuple->target->port,
                             .to = tuples_source(t, tuple->path / t->hosts_count), .to_port = tuple->port};
    return rss_queue(t->cfg.rss, &reply) == t->cfg.worker;
}

struct tuple tuples_take(struct tuples *t)
{
    struct tuple tuple = next(t);
    uint32_t tries = t->by_queue ? BY_QUEUE_TRIES * t->cfg.workers : 0;
    while (tries-- && !lands(t, &tuple))
        tuple = next(t);
    return tuple;
}
