/* SPDX-License-Identifier: BSD-3-Clause */
/* What a phase asks for: its rate, how it moves, its operations, what its connections do. */
#include <string.h>

#include "base/units.h"
#include "job/load.h"
#include "job/value.h"

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
static int check_rate(const struct loader *l, uint32_t p)
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
int check_scale(const struct loader *l)
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

int check_load(const struct loader *l, uint32_t p)
{
    static int (*const checks[])(const struct loader *l, uint32_t p) = {
        check_rate,    check_shape_keys, check_ramp,  check_walk,      check_mix,
        check_pattern, check_ready,      check_churn, check_reconnect,
    };
    int ret = 0;
    for (size_t i = 0; i < sizeof checks / sizeof *checks && ret == 0; i++)
        ret = checks[i](l, p);
    return ret;
}
