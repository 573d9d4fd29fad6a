/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/reopen.h"

#include <errno.h>

#include "base/mem.h"
#include "base/rng.h"
#include "run/client_internal.h"

#define VAIN_MAX UINT8_MAX /* what the session can count */

static uint32_t step_of(uint64_t ns)
{
    return (uint32_t)(ns >> TCP_STEP_SHIFT);
}

int reopen_init(struct client *c, struct err *e)
{
    struct reopen *r = &c->reopen;
    r->down_head = SESSION_NONE;
    if (!c->cfg.reopens)
        return 0;
    r->nodes = mem_reserve((size_t)c->cfg.sessions * sizeof *r->nodes, "connections to reopen", e);
    if (!r->nodes)
        return -ENOMEM;
    for (uint32_t i = 0; i < c->cfg.sessions; i++)
        wheel_node_init(&r->nodes[i]);
    wheel_init(&r->wheel, r->nodes, sizeof *r->nodes, step_of(c->now_ns));
    return 0;
}

void reopen_fini(struct client *c)
{
    mem_release(c->reopen.nodes, (size_t)c->cfg.sessions * sizeof *c->reopen.nodes);
    c->reopen.nodes = NULL;
}

/* Who waits to be wanted waits for no time: the node's link is free. */
static void push_down(struct client *c, uint32_t number)
{
    c->reopen.nodes[number].next = c->reopen.down_head;
    c->reopen.down_head = number;
}

/* Between half and all of min * 2^vain, at most max. */
static uint64_t wait_ns(struct client *c, const struct session *s)
{
    uint64_t whole = c->load.reopen_min_ns << (s->vain < 20 ? s->vain : 20);
    if (whole > c->load.reopen_max_ns)
        whole = c->load.reopen_max_ns;
    uint64_t random = rng_mix(c->cfg.seed ^ session_number(c, s), c->reopen.drawn++) >> 32;
    return whole / 2 + ((whole / 2 * random) >> 32);
}

void reopen_later(struct client *c, struct session *s)
{
    uint32_t number = session_number(c, s);
    if (!c->load.reopens || c->mode != CLIENT_LOAD || number >= c->load.sessions)
        return;
    if (wheel_has(&c->reopen.nodes[number]))
        return;
    wheel_add(&c->reopen.wheel, number, step_of(c->now_ns + wait_ns(c, s)));
    if (s->vain < VAIN_MAX)
        s->vain++;
}

static void begin_one(struct client *c, uint32_t number)
{
    struct session *s = &c->sessions[number];
    if (s->state != SESSION_DOWN || wheel_has(&c->reopen.nodes[number]))
        return;
    if (c->load.on_demand)
        push_down(c, number);
    else
        reopen_later(c, s);
}

void reopen_begin(struct client *c)
{
    c->reopen.down_head = SESSION_NONE;
    for (uint32_t i = c->load.sessions; c->load.reopens && i > 0; i--)
        begin_one(c, i - 1);
}

static void open_again(struct client *c, struct session *s)
{
    if (!client_may_connect(c) || !session_open(c, s))
        reopen_later(c, s);
    else
        client_count(c, COUNTER_REOPENS);
}

static void waited(void *ctx, uint32_t number)
{
    struct client *c = ctx;
    struct session *s = &c->sessions[number];
    if (s->state != SESSION_DOWN || number >= c->load.sessions)
        return;
    if (c->load.on_demand)
        push_down(c, number);
    else
        open_again(c, s);
}

uint32_t reopen_due(struct client *c, uint32_t budget)
{
    if (!c->load.reopens)
        return 0;
    return wheel_advance(&c->reopen.wheel, step_of(c->now_ns), budget, waited, c);
}

bool reopen_one(struct client *c)
{
    uint32_t number = c->reopen.down_head;
    if (number == SESSION_NONE || !client_may_connect(c))
        return false;
    struct session *s = &c->sessions[number];
    c->reopen.down_head = c->reopen.nodes[number].next;
    if (session_open(c, s))
        return true;
    reopen_later(c, s);
    return false;
}
