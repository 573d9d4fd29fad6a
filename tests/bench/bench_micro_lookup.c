/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding a flow, arming a timer: with few connections, and with so many that caches do not hold them. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "bench/bench.h"
#include "bench/micro.h"
#include "net/pkt.h"
#include "tcp/conn.h"
#include "tcp/flow.h"
#include "tcp/wheel.h"

/* --- the flow table --------------------------------------------------------------------------- */

#define KEY    0x9e3779b97f4a7c15ull
#define STRIDE 618033u /* shares no factor with the sizes: each flow is asked for, out of order */

struct flows {
    struct flow_table table;
    uint32_t size, at;
};

/* As connections have them: one server's port, client ports, then the next path. */
static uint32_t hash_of(uint32_t n, uint32_t server_port)
{
    return net_flow_hash(KEY, n / 50000, (uint16_t)(10000 + n % 50000), (uint16_t)server_port);
}

static bool open_flows(void *state, uint32_t size)
{
    struct err e = {0};
    struct flows *f = state;
    if (flow_init(&f->table, size, &e)) {
        fprintf(stderr, "bench: %s\n", e.message);
        return false;
    }
    f->size = size;
    for (uint32_t i = 0; i < size; i++)
        flow_add(&f->table, hash_of(i, 9000), i);
    return true;
}

static void close_flows(void *state)
{
    struct flows *f = state;
    flow_fini(&f->table);
}

static uint32_t find(struct flows *f, uint32_t server_port)
{
    f->at = (f->at + STRIDE) % f->size;
    uint32_t hash = hash_of(f->at, server_port), at = hash & f->table.mask;
    return flow_probe(&f->table, hash, &at);
}

static void find_there(void *state, uint32_t ops)
{
    for (uint32_t i = 0; i < ops; i++)
        MICRO_USE(find(state, 9000));
}

static void find_none(void *state, uint32_t ops)
{
    for (uint32_t i = 0; i < ops; i++)
        MICRO_USE(find(state, 9001));
}

#define FLOWS(name, what, n)                                                                       \
    MICRO(name, .bytes = sizeof(struct flows), .open = open_flows, .chunk = what,                  \
          .close = close_flows, .size = n, .ops = 2000, .chunks = 500)
FLOWS(hit_1k, find_there, 1000)
FLOWS(hit_1m, find_there, 1000000)
FLOWS(miss_1k, find_none, 1000)
FLOWS(miss_1m, find_none, 1000000)

/* --- the timing wheel ------------------------------------------------------------------------- */

#define STEPS 200u /* timers lie as far ahead as retransmissions */

struct timers {
    struct wheel wheel;
    struct conn *conns; /* the nodes are where the engine has them */
    uint32_t size, at;
};

static void close_timers(void *state)
{
    struct timers *t = state;
    mem_release(t->conns, (size_t)t->size * sizeof *t->conns);
}

static bool open_timers(void *state, uint32_t size)
{
    struct timers *t = state;
    t->size = size;
    t->conns = micro_memory((size_t)size * sizeof *t->conns, "timers");
    if (!t->conns)
        return false;
    wheel_init(&t->wheel, &t->conns[0].timer, sizeof *t->conns, 1);
    for (uint32_t i = 0; i < size; i++)
        wheel_node_init(&t->conns[i].timer);
    return true;
}

static void arm(struct timers *t, uint32_t index)
{
    wheel_add(&t->wheel, index, t->wheel.now + 1 + index * 7 % STEPS);
}

static void arm_all(void *state)
{
    struct timers *t = state;
    for (uint32_t i = 0; i < t->size; i++)
        if (!wheel_has(&t->conns[i].timer))
            arm(t, i);
}

/* All others are in the wheel meanwhile. */
static void arm_again(void *state, uint32_t ops)
{
    struct timers *t = state;
    for (uint32_t i = 0; i < ops; i++) {
        t->at = t->at + 1 < t->size ? t->at + 1 : 0;
        wheel_remove(&t->wheel, t->at);
        arm(t, t->at);
    }
}

static void fired(void *ctx, uint32_t index)
{
    (void)ctx;
    MICRO_USE(index);
}

static void fire_all(void *state, uint32_t ops)
{
    struct timers *t = state;
    uint32_t n = wheel_advance(&t->wheel, t->wheel.now + STEPS + 1, UINT32_MAX, fired, NULL);
    assert(n == ops);
}

#define TIMERS(name, what, n, o, c)                                                                \
    MICRO(name, .bytes = sizeof(struct timers), .open = open_timers, .prepare = arm_all,           \
          .chunk = what, .close = close_timers, .size = n, .ops = o, .chunks = c)
TIMERS(again_256, arm_again, 256, 2560, 500)
TIMERS(again_1m, arm_again, 1000000, 20000, 100)
TIMERS(fire_256, fire_all, 256, 256, 500)
TIMERS(fire_1m, fire_all, 1000000, 1000000, 5)

const struct bench micro_lookup_benches[] = {
    {"micro_flow_hit_1k", MICRO_UNIT, "a tuple hashed and found in a table of 1,000", hit_1k},
    {"micro_flow_hit_1m", MICRO_UNIT, "the same in one of 1,000,000, each asked for in turn", hit_1m},
    {"micro_flow_miss_1k", MICRO_UNIT, "a tuple hashed and not found, in a table of 1,000", miss_1k},
    {"micro_flow_miss_1m", MICRO_UNIT, "the same in one of 1,000,000", miss_1m},
    {"micro_wheel_arm", MICRO_UNIT, "a timer of 256 taken off the wheel and armed again", again_256},
    {"micro_wheel_arm_1m", MICRO_UNIT, "the same of 1,000,000, each in turn", again_1m},
    {"micro_wheel_fire", MICRO_UNIT, "a timer of 256 that fires, steps on the way included", fire_256},
    {"micro_wheel_fire_1m", MICRO_UNIT, "the same of 1,000,000", fire_1m},
    {0},
};
