/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What no single key can tell: contradictions between keys, public addresses, and defaults that
 * depend on other keys. Rules read values, not whether a key was written, so that the resolved text
 * passes them like the file it came from.
 */
#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "job/load.h"
#include "job/value.h"


/* A wire that names a device has the world at its far end. */
static bool is_outside(const struct job *job)
{
    return strchr(job->wire, ':') != NULL;
}

/* ---- addresses ---- */

static const char *target_key(const struct loader *l)
{
    return loader_setter(l, 0, "listen") ? "listen" : "target";
}

static int check_target_list(const struct loader *l)
{
    if (loader_setter(l, 0, "listen") && loader_setter(l, 0, "target"))
        return job_refuse(l->e, l->job, 0, "listen",
                          "target and listen are one list: expected one of them");
    if (is_outside(l->job) && !loader_setter(l, 0, target_key(l)))
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
                l->e, l->job, 0, target_key(l),
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
    return ret ? ret : check_pool(l, target_key(l), l->job->targets_count, targets_collide);
}

/* Each server address is a neighbour that is asked for, unless a gateway leads to all. */
static int check_servers(const struct loader *l)
{
    const struct job *job = l->job;
    struct job_pool pool = job_pool_of(job);
    bool direct = !job->gateway.hi && !job->gateway.lo;
    if (pool.targets > JOB_TARGETS_ALL)
        return job_refuse(l->e, job, 0, target_key(l),
                          "%" PRIu64 " servers (addresses x ports): expected at most %u", pool.targets,
                          JOB_TARGETS_ALL);
    if (direct && pool.hosts > JOB_HOSTS_ON_LINK)
        return job_refuse(l->e, job, 0, target_key(l),
                          "%" PRIu64 " addresses on the link, each to be asked for: expected at most"
                          " %u, or a gateway as well",
                          pool.hosts, JOB_HOSTS_ON_LINK);
    return 0;
}

/* The phase with most connections. */
static uint32_t fullest(const struct job *job)
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
    return job_refuse(l->e, l->job, *key == 'c' ? fullest(job) : 0, key,
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

/* ---- wire and machine ---- */

static int check_peer(const struct loader *l)
{
    struct job *job = l->job;
    if (!is_outside(job) || job->peer != PEER_RESPOND)
        return 0;
    if (loader_setter(l, 0, "peer"))
        return job_refuse(l->e, l->job, 0, "peer",
                          "on wire = %s the far end is not ours: expected peer = none", job->wire);
    job->peer = PEER_NONE;
    return 0;
}

/* In lab and on pair no kernel has an address of ours. Where one has, its routes and neighbours, which
 * are ours then, are those of frames without a tag: nobody would answer tagged ones there. */
static int check_shared(const struct loader *l)
{
    const struct job *job = l->job;
    if (!job->shared_address)
        return 0;
    if (!is_outside(job))
        return job_refuse(l->e, job, 0, "shared_address",
                          "on wire = %s no address is the kernel's: expected wire = xdp:IFACE as well",
                          job->wire);
    if (!job->vlan)
        return 0;
    return job_refuse(l->e, job, 0, "vlan",
                      "with shared_address = yes addresses and neighbours are those that the kernel "
                      "has without tags: expected vlan = 0, or shared_address = no");
}

static int check_workers(const struct loader *l)
{
    const struct job *job = l->job;
    for (uint32_t p = 0; p < job->phases_count; p++)
        if (job->workers > job->phases[p].connections)
            return job_refuse(l->e, job, 0, "workers",
                              "more than connections = %u: expected at most as many",
                              job->phases[p].connections);
    return 0;
}

/* One a worker, ours and the responder's. */
static int check_cpus(const struct loader *l)
{
    const struct job *job = l->job;
    uint32_t listed = *job->cpus != '\0',
             wanted = job->workers * (job->peer == PEER_RESPOND ? 2 : 1);
    for (const char *at = job->cpus; *at; at++)
        listed += *at == ',';
    if (!listed || listed >= wanted)
        return 0;
    return job_refuse(l->e, job, 0, "cpus", "workers = %u%s: expected %u processors, one each",
                      job->workers, wanted > job->workers ? ", and as many of the responder" : "",
                      wanted);
}

static int check_faults(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (*phase->fault && (*phase->fault_rx || *phase->fault_tx))
        return job_refuse(l->e, l->job, p, "fault",
                          "holds both ways: expected it alone, or fault_rx and fault_tx");
    return 0;
}

/* ---- watching ---- */

static int check_stream(const struct loader *l)
{
    const char *to = l->job->json_stream;
    size_t digits = strspn(to + 3 * !strncmp(to, "fd:", 3), "0123456789");
    if (strncmp(to, "fd:", 3) || (digits && digits < 7 && to[3 + digits] == '\0'))
        return 0;
    return job_refuse(l->e, l->job, 0, "json_stream",
                      "expected the number of an open file behind fd:");
}

static int check_metrics(const struct loader *l)
{
    const struct endpoint *at = &l->job->metrics;
    char text[64];
    if (!at->port || ip_is_reserved_for_tests(at->addr))
        return 0;
    return job_refuse(l->e, l->job, 0, "metrics",
                      "%s is not an address for private use: expected one, or the port alone",
                      ip_format(text, sizeof text, at->addr));
}

static int check_peer_pid(const struct loader *l)
{
    const struct job *job = l->job;
    if (!job->peer_pid || job->peer == PEER_NONE)
        return 0;
    return job_refuse(l->e, job, 0, "peer_pid",
                      "the peer is started by gen, which knows it: expected peer = none as well");
}

static int check_tags(const struct loader *l)
{
    if (l->job->vlan_outer && !l->job->vlan)
        return job_refuse(l->e, l->job, 0, "vlan_outer",
                          "an outer tag alone: expected vlan for it, or vlan as well");
    return 0;
}

/* Less than eight parts of a few full frames records nothing that could be replayed. */
static int check_flight(const struct loader *l)
{
    if (!l->job->flight || l->job->flight >= JOB_FLIGHT_MIN)
        return 0;
    return job_refuse(l->e, l->job, 0, "flight", "too small: expected 0 (none), or at least 256KiB");
}

/* ---- phases ---- */

/* The list says when, `rate` says nothing: max, which nobody may have written, becomes 0. */
static int settle_replay(const struct loader *l, uint32_t p)
{
    struct job_phase *phase = &l->job->phases[p];
    if (!phase->rate_max && phase->rate_per_s > 0)
        return job_refuse(l->e, l->job, p, "rate",
                          "shape = replay has its times from a list: expected no rate; rate_scale "
                          "divides them");
    phase->rate_max = false;
    return 0;
}

/* Nothing moves with rate = max or 0. A shape that was chosen all the same is left as it is: run/
 * knows the shapes and says what is wrong. */
static int check_load(const struct loader *l, uint32_t p)
{
    struct job_phase *phase = &l->job->phases[p];
    const struct option *shape = option_find("shape");
    bool searched = job_searches(l->job) && strcmp(l->job->search.suite, "scale_steps");
    if (!strcmp(phase->shape, "replay"))
        return settle_replay(l, p);
    if (phase->rate_max && !searched && phase->queue_max_ns != NS_PER_S)
        return job_refuse(l->e, l->job, p, "queue_max",
                          "with rate = max nothing queues: expected a rate as well");
    bool moves = !phase->rate_max && phase->rate_per_s > 0;
    if (!moves && !strcmp(phase->shape, shape->initial))
        shape->kind->parse(shape, phase->rate_max ? "max" : "idle", phase);
    return 0;
}

static int check_churn(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    bool churn = phase->pattern == PATTERN_CHURN;
    if (churn && !(phase->churn_rate_per_s > 0))
        return job_refuse(l->e, l->job, p, "pattern",
                          "churn replaces connections at a rate: expected churn_rate as well");
    if (!churn && phase->churn_rate_per_s > 0)
        return job_refuse(l->e, l->job, p, "churn_rate", "expected pattern = churn as well");
    if (churn && phase->close == CLOSE_FIN_SERVER)
        return job_refuse(l->e, l->job, p, "close",
                          "churn is the client's: expected close = client or rst");
    return 0;
}

static int check_reconnect(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (phase->reconnect_min_ns > phase->reconnect_max_ns)
        return job_refuse(l->e, l->job, p, "reconnect_min",
                          "longer than reconnect_max: expected at most as long");
    return 0;
}

static int check_shape_keys(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    for (const struct option *o = options; o < options + option_count; o++)
        if (o->shape && strcmp(o->shape, phase->shape) && !option_is_default(o, phase))
            return job_refuse(l->e, l->job, p, o->key,
                              "shape = %s has no such key: expected shape = %s as well",
                              phase->shape, o->shape);
    return 0;
}

static int check_ramp(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (phase->ramp_from == 0 && phase->ramp_to == 0)
        return job_refuse(l->e, l->job, p, "ramp_to",
                          "ramp_from is 0 as well and nothing would start: expected one above 0");
    return 0;
}

static int check_walk(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (phase->walk_low > phase->walk_high)
        return job_refuse(l->e, l->job, p, "walk_low",
                          "above walk_high = %.12g: expected at most that", phase->walk_high);
    return 0;
}

/* Its own key of an operation that is never drawn holds what it holds when nobody writes it. */
static int check_operation_key(const struct loader *l, uint32_t p, enum operation operation,
                               const char *key)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (phase->mix.weight[operation] || option_is_default(option_find(key), phase))
        return 0;
    return job_refuse(l->e, l->job, p, key, "mix has no %s: expected mix = %s or the like as well",
                      operation_name(operation), operation_name(operation));
}

static int check_batch(const struct loader *l, uint32_t p)
{
    struct job_phase *phase = &l->job->phases[p];
    if (!phase->mix.weight[OPERATION_BATCH])
        return 0;
    if (phase->pattern == PATTERN_SHORT_LIVED)
        return job_refuse(l->e, l->job, p, "mix",
                          "a short_lived connection carries one transaction: expected no batch");
    if (phase->depth == 1)
        phase->depth = phase->batch_requests; /* one write at a time */
    if (phase->depth < phase->batch_requests)
        return job_refuse(l->e, l->job, p, "depth",
                          "a batch has batch_requests = %u: expected 1 or at least as many",
                          phase->batch_requests);
    return 0;
}

/* A read gets the payload, a write a small reply, whatever `reply` says. */
static int check_mix(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    const uint32_t *weight = phase->mix.weight;
    int ret = check_operation_key(l, p, OPERATION_BATCH, "batch_requests");
    if (ret == 0)
        ret = check_operation_key(l, p, OPERATION_STREAM, "stream_messages");
    if (ret == 0 && phase->reply.count && !weight[OPERATION_PLAIN] && !weight[OPERATION_BATCH])
        ret =
            job_refuse(l->e, l->job, p, "reply",
                       "the mix says what comes back: expected reply = 0, or plain or batch in it");
    return ret == 0 ? check_batch(l, p) : ret;
}

/* Jobs and phases with rate = max pass when another phase of the job has a rate to scale. */
static int check_scale(const struct loader *l)
{
    bool any_rate = false;
    uint32_t scaled = JOB_PHASES;
    for (uint32_t p = 0; p < l->job->phases_count; p++) {
        any_rate |= !l->job->phases[p].rate_max || !strcmp(l->job->phases[p].shape, "replay");
        if (l->job->phases[p].rate_scale != 1 && scaled == JOB_PHASES)
            scaled = p;
    }
    if (any_rate || scaled == JOB_PHASES)
        return 0;
    return job_refuse(l->e, l->job, scaled, "rate_scale",
                      "with rate = max there is nothing to scale: expected a rate as well");
}

static int check_pattern(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    if (phase->pattern == PATTERN_SHORT_LIVED && phase->depth > 1)
        return job_refuse(l->e, l->job, p, "depth",
                          "a short_lived connection carries one transaction: expected depth = 1");
    return 0;
}

/* Requests that stand ready on a connection: sequence numbers lose their order 2^31 apart. */
#define READY_MAX (1u << 30)

static int check_ready(const struct loader *l, uint32_t p)
{
    const struct job_phase *phase = &l->job->phases[p];
    const uint32_t *weight = phase->mix.weight;
    uint64_t most = (uint64_t)phase->depth * phase->payload.largest;
    bool sends = weight[OPERATION_PLAIN] || weight[OPERATION_WRITE] || weight[OPERATION_BATCH];
    if (!sends || most <= READY_MAX)
        return 0;
    return job_refuse(l->e, l->job, p, "depth",
                      "so many payloads of %u bytes are more than a connection takes: expected at most %u",
                      phase->payload.largest, READY_MAX / phase->payload.largest);
}

/* ---- all ---- */

static int (*const run_checks[])(const struct loader *l) = {
    check_target_list, check_family, check_public, check_pools,  check_servers,
    check_tuples,      check_ports,  check_peer,   check_shared, check_workers,
    check_cpus,        check_tags,   check_tcp,    check_flight, check_scale,
    check_stream,
    check_metrics,     check_peer_pid,
};
static int (*const phase_checks[])(const struct loader *l, uint32_t phase) = {
    check_load,    check_shape_keys, check_ramp,  check_walk,      check_mix,
    check_pattern, check_ready,      check_churn, check_reconnect, check_phase_times, check_faults,
};

int loader_settle(struct loader *l)
{
    l->job->connections = l->job->phases[fullest(l->job)].connections; /* made once, for all */
    int ret = loader_settle_suite(l);
    for (size_t i = 0; i < sizeof run_checks / sizeof *run_checks && ret == 0; i++)
        ret = run_checks[i](l);
    for (uint32_t p = 0; p < l->job->phases_count; p++)
        for (size_t i = 0; i < sizeof phase_checks / sizeof *phase_checks && ret == 0; i++)
            ret = phase_checks[i](l, p);
    return ret;
}
