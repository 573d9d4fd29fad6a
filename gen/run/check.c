/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/err.h"
#include "db/process.h"
#include "load/schedule.h"
#include "run/replay.h"
#include "run/seek.h"
#include "run/setup.h"
#include "run/sla.h"
#include "run/tuples.h"
#include "wire/fault.h"
#include "wire/wire.h"
#include "wire/xdp.h"

#define NAMES_MAX 160

/* One more name of a list with commas. */
static void name_add(char names[NAMES_MAX], const char *name)
{
    size_t used = strlen(names);
    snprintf(names + used, NAMES_MAX - used, "%s%s", used ? ", " : "", name);
}

/* --- protocol ------------------------------------------------------------------------------- */

int check_protocol(const struct job *job, struct err *e)
{
    const struct app_proto *proto = app_proto_find(job->protocol);
    if (proto && !proto->later)
        return 0;
    if (proto)
        return job_refuse_later(e, job, 0, "protocol", proto->later);
    char names[NAMES_MAX] = "";
    for (uint32_t i = 0; i < app_proto_count; i++)
        if (!app_protos[i].later)
            name_add(names, app_protos[i].name);
    return job_refuse(e, job, 0, "protocol", "expected one of %s", names);
}

static int check_content(const struct job *job, const struct app_proto *proto, struct err *e)
{
    if (job->binary && proto->client->text_only)
        return job_refuse(e, job, 0, "content",
                          "protocol = %s carries text: expected content = text", proto->name);
    return 0;
}

/* The payload of reads and streams is in the reply. */
static int check_payload(const struct job *job, uint32_t p, const struct app_proto *proto,
                         struct err *e)
{
    const uint32_t *weight = job->phases[p].mix.weight;
    bool sent = weight[OPERATION_PLAIN] || weight[OPERATION_WRITE] || weight[OPERATION_BATCH];
    uint32_t least = sent ? proto->client->min_len : proto->client->min_reply;
    if (job->phases[p].payload.smallest < least)
        return job_refuse(e, job, p, "payload",
                          "expected at least %u bytes, the smallest %s of protocol = %s", least,
                          sent ? "message" : "reply", proto->name);
    return 0;
}

static int check_stream(const struct job *job, uint32_t p, const struct app_proto *proto,
                        struct err *e)
{
    const struct job_phase *phase = &job->phases[p];
    if (!phase->mix.weight[OPERATION_STREAM])
        return 0;
    if (!proto->client->min_stream)
        return job_refuse(e, job, p, "mix", "protocol = %s has no streams: expected no stream",
                          proto->name);
    uint64_t bytes = (uint64_t)phase->payload.largest * phase->stream_messages;
    if (bytes > APP_PAYLOAD_MAX)
        return job_refuse(e, job, p, "mix",
                          "stream_messages = %u of up to %u bytes make a stream of %" PRIu64
                          " bytes: expected at most %u",
                          phase->stream_messages, phase->payload.largest, bytes, APP_PAYLOAD_MAX);
    return 0;
}

static int check_mix(const struct job *job, uint32_t p, const struct app_proto *proto,
                     struct err *e)
{
    const struct job_phase *phase = &job->phases[p];
    bool by_size = phase->mix.weight[OPERATION_READ] || phase->mix.weight[OPERATION_WRITE];
    if (by_size && proto->server->answer != APP_ANSWER_DESCRIBED)
        return job_refuse(e, job, p, "mix",
                          "protocol = %s cannot ask for a reply of another size: expected plain or "
                          "batch",
                          proto->name);
    double arrivals = setup_arrivals_per_s(phase);
    if (!phase->rate_max && arrivals > 0 && arrivals < SCHEDULE_RATE_MIN)
        return job_refuse(e, job, p, "rate", "makes %g batches a second: expected more than %g",
                          arrivals, SCHEDULE_RATE_MIN);
    return check_stream(job, p, proto, e);
}

static bool is_as_the_request(const struct job_phase *phase)
{
    return phase->payload.smallest == phase->payload.largest &&
           phase->reply.smallest == phase->payload.smallest &&
           phase->reply.largest == phase->payload.largest;
}

/* A job's reply = 0 asks for as many bytes as the request has: every protocol can do that. */
static int check_reply(const struct job *job, uint32_t p, const struct app_proto *proto,
                       struct err *e)
{
    const struct job_phase *phase = &job->phases[p];
    if (!phase->reply.count)
        return 0;
    switch (proto->server->answer) {
    case APP_ANSWER_NONE:
        return job_refuse(e, job, p, "reply", "protocol = %s is one way: expected no reply",
                          proto->name);
    case APP_ANSWER_RETAINED:
        if (!is_as_the_request(phase))
            return job_refuse(e, job, p, "reply",
                              "protocol = %s sends back the request: expected reply = 0",
                              proto->name);
        break;
    case APP_ANSWER_DESCRIBED:
        break;
    }
    if (phase->reply.smallest < proto->client->min_reply)
        return job_refuse(e, job, p, "reply",
                          "expected at least %u bytes, the smallest reply of protocol = %s",
                          proto->client->min_reply, proto->name);
    return 0;
}

/* --- wire ----------------------------------------------------------------------------------- */

static int refuse_wire(const struct job *job, struct err *e)
{
    char forms[NAMES_MAX] = "";
    for (uint32_t i = 0; i < wire_kind_count; i++)
        if (!wire_kinds[i].later)
            name_add(forms, wire_kinds[i].form);
    return job_refuse(e, job, 0, "wire", "expected one of %s", forms);
}

static int check_command(const struct job *job, const struct wire_kind *kind, struct err *e)
{
    if (job->peer != PEER_EXEC || kind->far_end == WIRE_FAR_KERNEL)
        return 0;
    char names[NAMES_MAX] = "";
    for (uint32_t i = 0; i < wire_kind_count; i++)
        if (!wire_kinds[i].later && wire_kinds[i].far_end == WIRE_FAR_KERNEL)
            name_add(names, wire_kinds[i].name);
    return job_refuse(e, job, 0, "peer",
                      "a server of your own needs a kernel of ours at the far end: expected wire = "
                      "%s",
                      names);
}

/* AF_XDP holds a receive ring full of frames back and sends from what is left. A side of a pair keeps a quarter more
 * than its share (at most 64) and a batch that it has borrowed: of two shares some have to be left to the other. */
static int check_frames(const struct job *job, const struct wire_kind *kind, struct err *e)
{
    bool af_xdp = kind->far_end == WIRE_FAR_KERNEL || kind->device == &xdp_device;
    bool pair = kind->far_end == WIRE_FAR_MEMORY;
    uint32_t ring = job->ring_size ? job->ring_size : XDP_RING_DEFAULT;
    uint32_t least = pair ? 2 * job->batch : ring + job->batch;
    if (!job->frames || !(af_xdp || pair) || job->frames >= least)
        return 0;
    if (pair)
        return job_refuse(e, job, 0, "frames", "batch = %u: expected at least %u, or 0", job->batch, least);
    return job_refuse(e, job, 0, "frames",
                      "ring_size = %u%s and batch = %u: expected at least %u, or 0", job->ring_size,
                      job->ring_size ? "" : " (the wire's own)", job->batch, least);
}

/* Where the kernel has no interface there is no address of its to share. */
static int check_sharing(const struct job *job, const struct wire_kind *kind, struct err *e)
{
    if (!job->shared_address || (kind->device && kind->device->on_interface))
        return 0;
    return job_refuse(e, job, 0, "shared_address",
                      "wire = %s takes the device whole, no address of it is the kernel's: expected no",
                      kind->name);
}

static int check_wire(const struct job *job, struct err *e)
{
    const struct wire_kind *kind = wire_kind_find(job->wire);
    if (!kind)
        return refuse_wire(job, e);
    if (kind->later)
        return job_refuse_later(e, job, 0, "wire", kind->later);
    bool device = strchr(job->wire, ':') != NULL;
    if (device != (kind->far_end == WIRE_FAR_OUTSIDE))
        return job_refuse(e, job, 0, "wire", "expected %s", kind->form);
    int rc = check_command(job, kind, e);
    if (!rc)
        rc = check_sharing(job, kind, e);
    return rc ? rc : check_frames(job, kind, e);
}

int check_device(const struct job *job, const struct wire_kind **out, struct err *e)
{
    const struct wire_kind *kind = *out = wire_kind_find(job->wire);
    char forms[NAMES_MAX] = "";
    if (kind && kind->later)
        return job_refuse_later(e, job, 0, "wire", kind->later);
    if (kind && kind->device && strchr(job->wire, ':'))
        return check_sharing(job, kind, e);
    for (uint32_t i = 0; i < wire_kind_count; i++)
        if (wire_kinds[i].device)
            name_add(forms, wire_kinds[i].form);
    return err_set(e, EXIT_USAGE, -EINVAL, "respond: wire = \"%s\": expected one of %s", job->wire,
                   forms);
}

/* --- shape ---------------------------------------------------------------------------------- */

static int check_known_shape(const struct job *job, uint32_t p, const struct load_shape_kind *kind,
                             struct err *e)
{
    if (kind)
        return 0;
    char names[NAMES_MAX] = "";
    for (uint32_t i = 0; i < load_shape_count; i++)
        name_add(names, load_shapes[i].name);
    return job_refuse(e, job, p, "shape", "expected one of %s", names);
}

static int check_shape(const struct job *job, uint32_t p, struct err *e)
{
    const struct job_phase *phase = &job->phases[p];
    const struct load_shape_kind *kind = load_shape_find(phase->shape);
    int rc = check_known_shape(job, p, kind, e);
    bool no_rate = !phase->rate_max && phase->rate_per_s == 0;
    if (rc)
        return rc;
    if (kind->shape->given)
        return 0; /* job/ has seen that there is no rate */
    if (kind->shape->no_rate != no_rate)
        return job_refuse(e, job, p, "shape", no_rate ? "with rate = 0 nothing starts: expected a rate as well"
                                                      : "a rate is set: expected rate = 0 or another shape");
    if (kind->shape->closed_loop == phase->rate_max)
        return 0;
    if (phase->rate_max)
        return job_refuse(e, job, p, "shape",
                          "with rate = max no rate moves: expected a rate as well");
    return job_refuse(e, job, p, "shape", "a rate is set: expected rate = max or another shape");
}

/* --- pools ---------------------------------------------------------------------------------- */

/* A worker walks no more source addresses than it has paths for. */
static int check_walk(const struct job *job, struct err *e)
{
    struct tuples_config t;
    for (uint32_t w = 0; w < job->workers; w++) {
        setup_tuples(job, w, &t);
        if (tuples_count(&t) < t.connections)
            return job_refuse(e, job, 0, "source",
                              "a worker has %u paths at most: %u source addresses, with its share of "
                              "the ports good for %" PRIu64 " of its %u connections: expected more "
                              "ports or workers",
                              TUPLES_PATHS_MAX, tuples_sources(&t), tuples_count(&t), t.connections);
    }
    return 0;
}

/* Connections opened a second, each of which leaves its tuple in TIME-WAIT; 0: none, or not known. */
static double waits_per_s(const struct job *job, const struct job_phase *phase)
{
    if (phase->close != CLOSE_FIN_CLIENT || job->timestamps)
        return 0; /* a timestamp tells the next life from the last */
    if (phase->pattern == PATTERN_CHURN)
        return phase->churn_rate_per_s;
    return phase->pattern == PATTERN_SHORT_LIVED && !phase->rate_max
               ? setup_offered_per_s(job, phase, phase->duration_ns)
               : 0;
}

/* The oldest TIME-WAIT entry gives its tuple back when there is no room for more. */
static uint64_t waiting_at_most(const struct job *job)
{
    struct worker_config w = {0};
    setup_client(job, app_proto_find(job->protocol), 0, &w);
    return (uint64_t)time_wait_slots(w.stack.tcp.time_wait_entries) * job->workers;
}

/* What is closed must not come to its turn again before its wait is over. */
static int check_exhaustion(const struct job *job, uint32_t p, struct err *e)
{
    const struct job_phase *phase = &job->phases[p];
    uint64_t ns = phase->warmup_ns + job_longest_ns(phase);
    double per_s = waits_per_s(job, phase), seconds;
    seconds = (double)(ns < job->time_wait_ns ? ns : job->time_wait_ns) / 1e9;
    double waiting = per_s * seconds, most = (double)waiting_at_most(job);
    struct job_pool pool = job_pool_of(job);
    waiting = waiting < most ? waiting : most;
    if (!(per_s > 0) || waiting + phase->connections <= (double)pool.tuples)
        return 0;
    return job_refuse(e, job, p, phase->pattern == PATTERN_CHURN ? "churn_rate" : "rate",
                      "%.0f closed a second, each in TIME_WAIT for %.0f s, hold %.0f tuples beside %u"
                      " connections; %" PRIu64 " source addresses x %" PRIu64 " ports x %" PRIu64
                      " targets make %" PRIu64
                      ": expected a wider source, ports or target, a shorter time_wait, or"
                      " timestamps = yes",
                      per_s, seconds, waiting, phase->connections, pool.sources, pool.ports,
                      pool.targets, pool.tuples);
}

/* The far kernel gets one route to our block, and one block of its own. */
static int check_far_kernel(const struct job *job, struct err *e)
{
    if (job->peer != PEER_EXEC)
        return 0;
    if (job->sources_count > 1)
        return job_refuse(e, job, 0, "source",
                          "peer = exec: the server's kernel gets one route: expected one block");
    if (job->targets_count > 1)
        return job_refuse(e, job, 0, "target",
                          "peer = exec: the server's kernel gets one block: expected one");
    return 0;
}

static int check_pools(const struct job *job, struct err *e)
{
    int rc = check_walk(job, e);
    return rc ? rc : check_far_kernel(job, e);
}

/* --- peer ----------------------------------------------------------------------------------- */

static int check_peer_pid(const struct job *job, struct err *e)
{
    if (!job->peer_pid || process_start_ticks(job->peer_pid) >= 0)
        return 0;
    return job_refuse(e, job, 0, "peer_pid", "no such process: expected one that runs on this machine");
}

/* --- all ------------------------------------------------------------------------------------ */

static int check_faults(const struct job *job, uint32_t p, struct err *e)
{
    const struct job_phase *phase = &job->phases[p];
    const struct {
        const char *key, *text;
    } faults[] = {
        {"fault", phase->fault}, {"fault_rx", phase->fault_rx}, {"fault_tx", phase->fault_tx}};
    struct fault_rates rates;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct err inner = {0};
        if (fault_parse(faults[i].text, &rates, &inner))
            return job_refuse(e, job, p, faults[i].key, "%s", inner.message);
    }
    return 0;
}

static int check_rules(const struct job *job, uint32_t p, const char *key, const char *text,
                       struct sla_rule rules[SLA_RULES_MAX], struct err *e)
{
    struct err why = {0};
    int n = sla_parse(text, rules, &why);
    return n < 0 ? job_refuse(e, job, p, key, "%s", why.message) : n;
}

static int check_abort(const struct job *job, uint32_t p, struct err *e)
{
    struct sla_rule rules[SLA_RULES_MAX];
    int n = check_rules(job, p, "abort_if", job->phases[p].abort_if, rules, e);
    for (int i = 0; i < n; i++) {
        if (rules[i].window_ns > job->phases[p].abort_window_ns)
            return job_refuse(e, job, p, "abort_if",
                              "%s: looks back longer than abort_window: expected at most as long",
                              rules[i].text);
        if (rules[i].metric.unit == UNIT_BYTES)
            return job_refuse(e, job, p, "abort_if",
                              "%s: the memory of a connection is known when the run has ended: expected it in "
                              "sla, warn or run_sla", rules[i].text);
    }
    return n < 0 ? n : 0;
}

/* A rate that moves on purpose never settles. */
static int check_steady(const struct job *job, uint32_t p, struct err *e)
{
    const struct job_phase *phase = &job->phases[p];
    const char *key = phase->enter.steady ? "enter" : "until";
    bool still = !strcmp(phase->shape, "constant") || !strcmp(phase->shape, "poisson") ||
                 !strcmp(phase->shape, "max");
    if (still || (!phase->enter.steady && phase->until != UNTIL_STEADY))
        return 0;
    return job_refuse(e, job, p, key, "shape = %s never settles: expected constant, poisson or max",
                      phase->shape);
}

static int check_verdicts(const struct job *job, uint32_t p, struct err *e)
{
    struct sla_rule rules[SLA_RULES_MAX];
    int rc = check_rules(job, p, "sla", job->phases[p].sla, rules, e);
    if (rc >= 0)
        rc = check_rules(job, p, "warn", job->phases[p].warn, rules, e);
    if (rc >= 0)
        rc = check_abort(job, p, e);
    return rc < 0 ? rc : check_steady(job, p, e);
}

static int check_phase(const struct job *job, uint32_t p, const struct app_proto *proto,
                       struct err *e)
{
    int rc = check_payload(job, p, proto, e);
    if (!rc)
        rc = check_mix(job, p, proto, e);
    if (!rc)
        rc = check_reply(job, p, proto, e);
    if (!rc)
        rc = check_shape(job, p, e);
    if (!rc)
        rc = check_faults(job, p, e);
    if (!rc && !job_searches(job))
        rc = check_exhaustion(job, p, e);
    return rc ? rc : check_verdicts(job, p, e);
}

int check_job(struct job *job, struct err *e)
{
    int rc = check_protocol(job, e);
    if (rc)
        return rc;
    const struct app_proto *proto = app_proto_find(job->protocol);
    struct sla_rule rules[SLA_RULES_MAX];
    rc = check_wire(job, e);
    if (!rc)
        rc = check_content(job, proto, e);
    if (!rc)
        rc = check_pools(job, e);
    if (!rc)
        rc = check_peer_pid(job, e);
    if (!rc && check_rules(job, 0, "run_sla", job->run_sla, rules, e) < 0)
        rc = -EINVAL;
    for (uint32_t p = 0; p < job->phases_count && !rc; p++)
        rc = check_phase(job, p, proto, e);
    if (!rc)
        rc = seek_check(job, e);
    return rc ? rc : replay_load(job, e);
}
