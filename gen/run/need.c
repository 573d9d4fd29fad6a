/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a job needs, from the same set-up that the run uses. Memory is exact but for what libraries
 * take; frames count data and the ends of connections, not pure acknowledgements, which depend on
 * timing; the size of the database is a range that real files lay in.
 */
#include <math.h>
#include <string.h>

#include "app/app.h"
#include "base/units.h"
#include "rec/rec.h"
#include "run/dryrun.h"
#include "run/foresee.h"
#include "run/setup.h"
#include "run/sla.h"
#include "run/step.h"
#include "wire/pair.h"
#include "wire/xdp.h"

#define ETHERNET_BYTES   14 /* as wire_out_gbit_per_s counts: without FCS, preamble and gap */
#define IP4_TCP_BYTES    40
#define IP6_TCP_BYTES    60
#define TAG_BYTES        4
#define TIMESTAMP_BYTES  12
#define OPEN_FRAMES_OUT  4 /* SYN, ACK, FIN, ACK */
#define OPEN_FRAMES_IN   3 /* SYN-ACK, ACK, FIN */
#define DRAWS            4096

/* Of a file: transactions in blocks, an interval of a worker with its histograms, the rest. */
#define DB_TRANSACTION_LOW  4.0
#define DB_TRANSACTION_HIGH 10.0
#define DB_INTERVAL         2700.0
#define DB_EMPTY            200000.0

/* ---- memory ---- */

static void pool_add(struct need *n, const char *name, uint64_t gen, uint64_t peer)
{
    uint32_t i = 0;
    while (i < n->pools_count && strcmp(n->pools[i].name, name))
        i++;
    if (i == n->pools_count)
        n->pools[n->pools_count++].name = name;
    n->pools[i].gen_bytes += gen;
    n->pools[i].peer_bytes += peer;
    n->gen_bytes += gen;
    n->peer_bytes += peer;
}

static void add_tcp(struct need *n, const struct tcp_config *cfg, bool peer)
{
    struct tcp_memory m;
    tcp_memory_of(cfg, &m);
    const struct {
        const char *name;
        uint64_t bytes;
    } pools[] = {{"connections", m.conns},
                 {"flow_table", m.flows},
                 {"time_wait", m.time_wait},
                 {"out_of_order", m.ooo},
                 {"side_blocks", m.sides}};
    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
        pool_add(n, pools[i].name, peer ? 0 : pools[i].bytes, peer ? pools[i].bytes : 0);
}

static void add_client(struct need *n, const struct worker_config *w)
{
    const struct client_config *c = &w->client;
    add_tcp(n, &w->stack.tcp, false);
    pool_add(n, "sessions", client_sessions_memory(c), 0);
    pool_add(n, "transactions", (uint64_t)c->trans * sizeof(struct trans), 0);
    pool_add(n, "paths", stack_path_memory(&w->stack), 0);
    pool_add(n, "servers", client_servers_memory(c), 0);
    if (w->flight_bytes)
        pool_add(n, "flight_recorder", w->flight_bytes, 0);
}

static void add_server(struct need *n, const struct worker_config *w)
{
    struct server_memory m;
    server_memory_of(&w->server, &m);
    add_tcp(n, &w->stack.tcp, true);
    pool_add(n, "sessions", 0, m.conns + m.parses);
    pool_add(n, "replies", 0, m.pending);
    pool_add(n, "interval_blocks", 0, sizeof(struct rec_interval));
    pool_add(n, "paths", 0, stack_path_memory(&w->stack));
}

static void add_frames(struct need *n, const struct job *job)
{
    struct wire_config wc;
    setup_client_wire(job, "", &wc);
    const struct wire_kind *kind = wire_kind_find(job->wire);
    bool both = job->peer == PEER_RESPOND;
    n->frame_bytes = kind->device                        ? kind->device->memory(&wc, job->mtu)
                     : kind->far_end == WIRE_FAR_MEMORY ? pair_memory(&wc, job->mtu)
                                                         : xdp_memory(&wc, job->mtu) * (both ? 2 : 1);
}

static void need_memory(struct need *n, const struct job *job, const struct app_proto *proto)
{
    for (uint32_t w = 0; w < job->workers; w++) {
        struct worker_config client = {0}, server = {0};
        setup_client(job, proto, w, &client);
        add_client(n, &client);
        if (job->peer != PEER_RESPOND)
            continue;
        setup_responder(job, proto, w, &server);
        add_server(n, &server);
    }
    pool_add(n, "sample_rings",
             (uint64_t)setup_sample_records(job) * sizeof(struct rec_record) * job->workers, 0);
    pool_add(n, "interval_blocks",
             (uint64_t)job->workers * REC_LANE_BLOCKS * sizeof(struct rec_interval), 0);
    add_frames(n, job);
}

/* ---- load ---- */

/* The rate that a rule asks for, where the load itself has none. */
static double rule_rate(const struct job_phase *p, const char **why)
{
    struct sla_rule rules[SLA_RULES_MAX];
    struct err e = {0};
    int count = sla_parse(p->sla, rules, &e);
    static const char *const rates[] = {"msg_per_s", "transactions_per_s"};
    for (int i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof rates / sizeof *rates; k++)
            if (!strcmp(rules[i].metric.name, rates[k]) &&
                (rules[i].op == SLA_GE || rules[i].op == SLA_GT)) {
                *why = rates[k];
                return rules[i].target;
            }
    return NAN;
}

struct parts {
    double bytes, frames;
};

/* Expected size of a message and of its segments; many sizes by drawing. */
static struct parts parts_of(const struct job_sizes *sizes, double segment)
{
    struct size_dist dist;
    struct parts sum = {0};
    setup_sizes(sizes, &dist);
    for (uint32_t i = 0; i < DRAWS; i++) {
        double bytes = size_draw(&dist, 1, i);
        sum.bytes += bytes / DRAWS;
        sum.frames += ceil(bytes / segment) / DRAWS;
    }
    return sum;
}

void need_load_of(const struct job *job, uint32_t phase, const struct app_proto *proto,
                  struct need_load *out)
{
    const struct job_phase *p = &job->phases[phase];
    double options = job->timestamps ? TIMESTAMP_BYTES : 0;
    uint32_t ip_tcp = job->ip6 ? IP6_TCP_BYTES : IP4_TCP_BYTES;
    uint32_t tags = (uint32_t)(!!job->vlan + !!job->vlan_outer) * TAG_BYTES;
    double header = ETHERNET_BYTES + tags + ip_tcp + options;
    double segment = (job->mss ? job->mss : job->mtu - ip_tcp) - options;
    struct parts request = parts_of(&p->payload, segment > 1 ? segment : 1), reply = {0};
    if (proto->server->answer != APP_ANSWER_NONE)
        reply = p->reply.count ? parts_of(&p->reply, segment > 1 ? segment : 1) : request;
    bool brief = p->pattern == PATTERN_SHORT_LIVED;
    *out = (struct need_load){.request_bytes = request.bytes, .reply_bytes = reply.bytes};
    out->frames_out = request.frames + (brief ? OPEN_FRAMES_OUT : 0);
    out->frames_in = reply.frames + (brief ? OPEN_FRAMES_IN : 0);
    out->wire_out_bytes = request.bytes + out->frames_out * header;
    out->wire_in_bytes = reply.bytes + out->frames_in * header;
    out->mean_per_s = p->rate_max ? rule_rate(p, &out->why)
                                  : setup_offered_per_s(job, p, p->duration_ns);
    out->peak_per_s = p->rate_max ? out->mean_per_s : setup_peak_per_s(job, p);
}

/* ---- tuples ---- */

static void need_tuples(struct need *n, const struct job *job, const struct app_proto *proto)
{
    struct tuples_config tuples;
    setup_tuples(job, 0, &tuples);
    n->pool = job_pool_of(job);
    n->walked = tuples_sources(&tuples);
    n->connections = job->connections;
    for (uint32_t i = 0; i < job->phases_count; i++) {
        const struct job_phase *p = &job->phases[i];
        struct need_load load;
        need_load_of(job, i, proto, &load);
        double opened = p->pattern == PATTERN_SHORT_LIVED ? load.mean_per_s : p->churn_rate_per_s;
        if (!(opened <= n->opened_per_s)) /* NAN wins: not known */
            n->opened_per_s = opened;
        if (opened != 0 && p->close == CLOSE_FIN_CLIENT)
            n->held_s = (double)job->time_wait_ns / NS_PER_S;
    }
}

/* ---- time and file ---- */

/* A trial's time, and what its load comes to, is known; what it asks for next is not. */
static void need_trial(void *ctx, uint32_t number, const struct job_phase *p)
{
    struct need *n = ctx;
    n->trials = number;
    n->load_ns += p->warmup_ns + p->duration_ns;
    n->transactions += p->rate_max ? NAN : p->rate_per_s * (double)(p->warmup_ns + p->duration_ns) / 1e9;
}

static void need_trials(struct need *n, const struct job *job)
{
    foresee(job, need_trial, n);
    n->limit_ns = job->close_ns + n->load_ns +
                  n->trials * (job->drain_ns + connect_limit_ns(job, &job->phases[0]));
}

static void need_time(struct need *n, const struct job *job, const struct app_proto *proto)
{
    if (job_searches(job)) {
        need_trials(n, job);
        return;
    }
    n->limit_ns = job->close_ns;
    for (uint32_t i = 0; i < job->phases_count; i++) {
        const struct job_phase *p = &job->phases[i];
        struct need_load load;
        need_load_of(job, i, proto, &load);
        uint64_t ns = p->warmup_ns + p->duration_ns;
        double count = load.mean_per_s * (double)ns / NS_PER_S;
        if (p->transactions && !(count < (double)p->transactions))
            count = (double)p->transactions;
        n->by_rule |= load.why != NULL;
        n->load_ns += ns;
        n->limit_ns += ns + job->drain_ns + connect_limit_ns(job, p);
        n->transactions += count;
    }
}

static void need_file(struct need *n, const struct job *job)
{
    double intervals = ceil((double)n->load_ns / (double)job->interval_ns) * job->workers;
    double kept = job->samples > 0 ? n->transactions * job->samples : 0;
    double rest = DB_EMPTY + intervals * DB_INTERVAL;
    n->db_low_bytes = rest + kept * DB_TRANSACTION_LOW;
    n->db_high_bytes = rest + kept * DB_TRANSACTION_HIGH;
}

void need_of(const struct job *job, const struct app_proto *proto, struct need *out)
{
    *out = (struct need){0};
    need_tuples(out, job, proto);
    need_memory(out, job, proto);
    need_time(out, job, proto);
    need_file(out, job);
}
