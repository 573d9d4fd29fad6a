/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/setup.h"

#include <string.h>

#include "base/rng.h"
#include "load/shapes.h"

#define SAMPLE_RECORDS_MIN (1u << 16)
#define SAMPLE_RECORDS_MAX (1u << 21)
#define SAMPLE_RECORDS_ALL (1u << 25)
#define SAMPLE_SECONDS     2.5 /* two that it must hold, and marks in between */
#define TRANS_SLACK       1024u
#define TIME_WAIT_LONG    4096u      /* entries for connections that close once, at the end */
#define TIME_WAIT_SHORT   (1u << 20) /* ... for those that come and go */
#define OOO_PIECES        2048u /* a worker, of a segment each: 3 MiB */
#define SIDE_BLOCKS       8192u /* a worker, whatever its connections are: 1 MiB */
#define SYN_RETRIES       8 /* connect_timeout ends it first */
#define RESPONDER_PATHS   8192u  /* of clients that are not ours: at least */
#define CHUNKS_MAX        (128u << 10) /* what 40 ms of delayed ACKs hold back at 3,000,000 a second */
#define CHUNKS_MAX_SMALL  (256u << 10) /* ... and at 6,500,000, which only small ones come to */
#define CHUNK_SMALL       256u
#define IP_TCP_HEADERS    40
#define IP4_MSS_MIN       536  /* of 576 bytes, which every host takes (RFC 1122 3.3.3) */
#define IP6_MSS_MIN       1220 /* of 1280 (RFC 8200 5) */

static uint32_t clamp(uint64_t v, uint32_t lo, uint32_t hi)
{
    return v < lo ? lo : v > hi ? hi : (uint32_t)v;
}

static bool any_pattern(const struct job *job, enum job_pattern pattern)
{
    for (uint32_t i = 0; i < job->phases_count; i++)
        if (job->phases[i].pattern == pattern)
            return true;
    return false;
}

static bool all_short_lived(const struct job *job)
{
    for (uint32_t i = 0; i < job->phases_count; i++)
        if (job->phases[i].pattern != PATTERN_SHORT_LIVED)
            return false;
    return true;
}

static bool any_short_lived(const struct job *job)
{
    return any_pattern(job, PATTERN_SHORT_LIVED);
}

static bool reopens(enum job_pattern pattern)
{
    return pattern == PATTERN_POOLED || pattern == PATTERN_RECONNECT || pattern == PATTERN_CHURN;
}

static bool any_reopens(const struct job *job)
{
    return any_pattern(job, PATTERN_POOLED) || any_pattern(job, PATTERN_RECONNECT) ||
           any_pattern(job, PATTERN_CHURN);
}

static bool any_pace(const struct job *job)
{
    for (uint32_t i = 0; i < job->phases_count; i++)
        if (job->phases[i].pace_ns)
            return true;
    return false;
}

/* Connections of a worker that close while their session has the next one: a second's worth. */
static uint32_t closing_beside(const struct job *job, uint32_t sessions)
{
    double most = 0;
    for (uint32_t i = 0; i < job->phases_count; i++)
        if (job->phases[i].churn_rate_per_s > most)
            most = job->phases[i].churn_rate_per_s;
    most /= job->workers;
    return most < sessions ? (uint32_t)most : sessions;
}

static uint32_t max_depth(const struct job *job)
{
    uint32_t depth = 1;
    for (uint32_t i = 0; i < job->phases_count; i++)
        if (job->phases[i].depth > depth)
            depth = job->phases[i].depth;
    return depth;
}

/* Transactions that may be outstanding at once, a worker: what the connections carry, in an open
 * loop at most what the rate starts until all of them time out. */
static uint32_t most_outstanding(const struct job *job, uint32_t sessions)
{
    double most = 0;
    for (uint32_t i = 0; i < job->phases_count; i++) {
        const struct job_phase *p = &job->phases[i];
        double carried = (double)sessions * p->depth;
        double started = setup_peak_per_s(job, p) / job->workers * (double)p->timeout_ns / 1e9;
        if (started < carried)
            carried = started;
        if (carried > most)
            most = carried;
    }
    return clamp((uint64_t)most + TRANS_SLACK, TRANS_SLACK, 1u << 30);
}

static uint32_t max_payload(const struct job *job)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < job->phases_count; i++)
        if (job->phases[i].payload.largest > most)
            most = job->phases[i].payload.largest;
    return most;
}

/* `sessions`: connections that work at once; short lives overlap with the last one's close. */
static void setup_tcp(const struct job *job, uint32_t sessions, bool passive,
                      struct tcp_config *out)
{
    bool brief = any_short_lived(job), comes_and_goes = brief || any_pattern(job, PATTERN_CHURN);
    uint32_t waits = job->time_wait_entries ? job->time_wait_entries
                     : comes_and_goes       ? TIME_WAIT_SHORT
                                            : TIME_WAIT_LONG;
    *out = (struct tcp_config){
        .conns = brief            ? sessions * 2 + 256
                 : comes_and_goes ? sessions + closing_beside(job, sessions) + 256
                                  : sessions + (passive ? 256 : 0),
        .time_wait_entries = waits,
        .ooo_pieces = OOO_PIECES,
        .side_blocks = SIDE_BLOCKS,
        .piece_bytes = (uint32_t)job->mtu - IP_TCP_HEADERS,
        .half_open = sessions + 256,
        .window = job->window,
        .window_scale = job->window_scale,
        .timestamps = job->timestamps,
        .delayed_ack = job->delayed_ack,
        .sack = job->sack,
        .rack = job->sack && job->rack,
        .congestion = (uint8_t)congestion_find(job->congestion),
        .ecn = job->ecn,
        .nagle = job->nagle,
        .rto_min_tk = tcp_ticks(job->rto_min_ns),
        .rto_max_tk = tcp_ticks(job->rto_max_ns),
        .rto_initial_tk = tcp_ticks(job->rto_initial_ns),
        .delack_tk = tcp_ticks(job->delack_ns),
        .time_wait_tk = tcp_ticks(job->time_wait_ns),
        .init_cwnd = job->init_cwnd,
        .mss_min = job->ip6 ? IP6_MSS_MIN : IP4_MSS_MIN,
        .retries = (uint8_t)clamp(job->retries, 1, 100),
        .syn_retries = SYN_RETRIES,
        .keepalive_tk = tcp_ticks(job->keepalive_ns),
        .keepalive_interval_tk = tcp_ticks(job->keepalive_interval_ns),
        .keepalive_probes = (uint8_t)job->keepalive_probes,
        .secret = rng_mix(job->seed, passive ? 2 : 1),
    };
}

static void setup_stack(const struct job *job, uint32_t sessions, bool passive,
                        struct stack_config *out)
{
    memset(out, 0, sizeof *out);
    setup_tcp(job, sessions, passive, &out->tcp);
    out->gateway = job->gateway;
    out->vlan = (struct net_vlan){job->vlan, job->vlan_outer};
    out->mtu = job->mtu;
    out->mss = (uint16_t)job->mss;
    out->dscp = job->dscp;
    out->flow_label = job->flow_label;
    out->batch = job->batch < STACK_BATCH_MAX ? job->batch : STACK_BATCH_MAX;
}

void setup_tuples(const struct job *job, uint32_t worker, struct tuples_config *out)
{
    *out = (struct tuples_config){
        .sources_count = job->sources_count,
        .ports_count = job->ports_count,
        .targets_count = job->targets_count,
        .worker = worker,
        .workers = job->workers,
        .connections = setup_share(job->connections, worker, job->workers),
        .comes_and_goes = any_short_lived(job) || any_reopens(job),
        .brief = all_short_lived(job),
    };
    memcpy(out->sources, job->sources, sizeof out->sources);
    memcpy(out->ports, job->ports, sizeof out->ports);
    memcpy(out->targets, job->targets, sizeof out->targets);
}

/* What the client's paths need of its stack. */
static void setup_paths(const struct job *job, const struct tuples_config *tuples,
                        struct stack_config *out)
{
    uint32_t paths = tuples_paths(tuples);
    if (job->shared_address) /* the kernel says where each server's frames go */
        out->gateway = (struct ip_addr){0, 0};
    bool direct = !out->gateway.hi && !out->gateway.lo;
    out->paths = paths;
    out->neighbours = direct ? paths / tuples_sources(tuples) : 1;
    out->local_count = job->sources_count;
    memcpy(out->local, job->sources, sizeof out->local);
}

void setup_client(const struct job *job, const struct app_proto *proto, uint32_t worker,
                  struct worker_config *out)
{
    uint32_t sessions = setup_share(job->connections, worker, job->workers), first = 0;
    for (uint32_t w = 0; w < worker; w++)
        first += setup_share(job->connections, w, job->workers);
    out->is_client = true;
    out->queue = worker;
    out->high_priority = job->high_priority;
    out->interval_ns = job->interval_ns;
    out->flight_bytes = job->flight;
    setup_stack(job, sessions, false, &out->stack);
    out->client = (struct client_config){
        .proto = proto->client,
        .one_way = proto->server->answer == APP_ANSWER_NONE,
        .sessions = sessions,
        .reopens = any_reopens(job),
        .paces = any_pace(job),
        .trans = most_outstanding(job, sessions),
        .first_session = first,
        .worker = worker,
        .workers = job->workers,
        .connect_parallel = job->connect_parallel,
        .seed = job->seed,
    };
    setup_tuples(job, worker, &out->client.tuples);
    setup_paths(job, &out->client.tuples, &out->stack);
}

/* Every flow of the client's may land here; of clients that are not ours any address may come. */
static uint32_t responder_paths(const struct job *job, uint32_t sessions)
{
    struct tuples_config tuples;
    if (job->peer == PEER_NONE)
        return clamp(sessions, RESPONDER_PATHS, TUPLES_PATHS_MAX);
    setup_tuples(job, 0, &tuples);
    return tuples_paths(&tuples);
}

/* The largest message of a client of ours fits one chunk; of others nobody knows. */
static uint32_t chunk_bytes(const struct job *job)
{
    return server_chunk_bytes(job->peer == PEER_NONE ? SERVER_CHUNK_MOST : max_payload(job));
}

static void setup_server(const struct job *job, const struct app_server *proto, uint32_t sessions,
                         struct server_config *out)
{
    uint64_t pieces = (uint64_t)sessions * max_depth(job);
    uint32_t chunk = proto->answer == APP_ANSWER_RETAINED ? chunk_bytes(job) : 0;
    *out = (struct server_config){
        .proto = proto,
        .chunk_bytes = chunk,
        .pending = chunk ? clamp(pieces * (max_payload(job) / chunk + 1), 1024,
                                 chunk <= CHUNK_SMALL ? CHUNKS_MAX_SMALL : CHUNKS_MAX)
                         : clamp(pieces + 1024, 1024, 1u << 30),
        .parses = proto->answer == APP_ANSWER_DESCRIBED ? sessions + 256 : 0,
        .close_first = any_short_lived(job) && job->phases[0].close == CLOSE_FIN_SERVER,
    };
}

static void setup_listen(const struct job *job, struct worker_config *out)
{
    out->stack.local_count = out->listen_count = job->targets_count;
    for (uint32_t i = 0; i < job->targets_count; i++) {
        out->stack.local[i] = job->targets[i].addrs;
        out->listen[i] = job->targets[i].ports;
    }
}

void setup_responder(const struct job *job, const struct app_proto *proto, uint32_t worker,
                     struct worker_config *out)
{
    /* Flows land where the wire puts them: room for twice the even share when there are several. */
    uint64_t share = (uint64_t)job->connections * (job->workers > 1 ? 2 : 1) / job->workers + 1;
    uint32_t sessions = clamp(share, 1, job->connections);
    out->is_client = false;
    out->queue = worker;
    out->high_priority = job->high_priority;
    out->interval_ns = UINT64_MAX / 2;
    setup_stack(job, sessions, true, &out->stack);
    out->stack.paths = responder_paths(job, sessions);
    out->stack.neighbours = 1; /* the way back is where the SYN came from */
    setup_listen(job, out);
    setup_server(job, proto->server, sessions, &out->server);
    out->server.conns = out->stack.tcp.conns;
}

void setup_load(const struct job *job, const struct job_phase *phase, uint32_t worker,
                struct client_load *out)
{
    *out = (struct client_load){
        .transactions = phase->transactions / job->workers +
                        (worker < phase->transactions % job->workers ? 1 : 0),
        .depth = phase->depth,
        .opens_each = phase->pattern == PATTERN_SHORT_LIVED,
        .on_demand = phase->pattern == PATTERN_POOLED,
        .reopens = reopens(phase->pattern),
        .sessions = setup_share(phase->connections, worker, job->workers),
        .connect_rate_per_s = phase->connect_rate_per_s / job->workers,
        .reopen_min_ns = phase->reconnect_min_ns,
        .reopen_max_ns = phase->reconnect_max_ns,
        .pace_ns = phase->pace_ns,
        .pace_worker_ns = phase->pace_worker_ns,
        .close_by_reset = phase->close == CLOSE_RST,
        .close_by_peer = phase->close == CLOSE_FIN_SERVER && phase->pattern == PATTERN_SHORT_LIVED,
        .timeout_ns = phase->timeout_ns,
        .connect_timeout_ns = phase->connect_timeout_ns,
        .queue_max_ns = phase->queue_max_ns,
    };
    setup_spec(job, phase, worker, &out->spec);
    setup_sizes(&phase->payload, &out->payload);
    setup_sizes(&phase->reply, &out->reply);
    setup_mix(phase, out);
    if (phase->pattern == PATTERN_CHURN)
        out->churn = (struct load_spec){.shape = &constant_shape,
                                        .rate_per_s = phase->churn_rate_per_s,
                                        .duration_ns = phase->duration_ns,
                                        .seed = job->seed,
                                        .worker = worker,
                                        .workers = job->workers};
}

/* 1 GiB over all workers at most. */
uint32_t setup_sample_records(const struct job *job)
{
    double rate = 0;
    uint32_t most = SAMPLE_RECORDS_MAX, records = SAMPLE_RECORDS_MIN;
    if (job->samples <= 0)
        return 0;
    for (uint32_t i = 0; i < job->phases_count; i++) {
        double phase = setup_peak_per_s(job, &job->phases[i]);
        rate = phase > rate ? phase : rate;
    }
    while (most > SAMPLE_RECORDS_MIN && (uint64_t)most * job->workers > SAMPLE_RECORDS_ALL)
        most /= 2;
    while (records < most && records < SAMPLE_SECONDS * job->samples * rate / job->workers)
        records *= 2;
    return records;
}
