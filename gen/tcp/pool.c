/* SPDX-License-Identifier: BSD-3-Clause */
/* Slots, the flow table's use, the output list, birth and end of a connection. */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/siphash.h"
#include "tcp/internal.h"

int tcp_init(struct tcp *t, const struct tcp_config *cfg, const struct tcp_ops *ops, void *ctx,
             uint64_t *count, uint64_t now_ns, struct err *e)
{
    *t = (struct tcp){.cfg = *cfg, .ops = ops, .ctx = ctx, .count = count, .free = CONN_NONE,
                      .out_head = CONN_NONE, .out_tail = CONN_NONE, .busy = CONN_NONE,
                      .doubted = TCP_NO_PATH,
                      .fresh = {.timer = {.prev = WHEEL_OFF}, .side = SIDE_NONE}};
    t->calm_tk = rto_calm_tk(cfg->rto_min_tk);
    t->conns = mem_reserve((size_t)cfg->conns * sizeof *t->conns, "connection pool", e);
    int rc = t->conns ? 0 : -ENOMEM;
    if (!rc)
        rc = time_wait_init(&t->time_wait, cfg->time_wait_entries, cfg->path_uses, e);
    if (!rc)
        rc = flow_init(&t->flows, (uint64_t)cfg->conns + t->time_wait.size, e);
    if (!rc)
        rc = ooo_init(&t->ooo, cfg->ooo_pieces, cfg->piece_bytes, e);
    if (!rc)
        rc = side_pool_init(&t->sides, cfg->side_blocks, e);
    if (rc) {
        tcp_fini(t);
        return rc;
    }
    for (uint32_t i = cfg->conns; i-- > 0;) {
        wheel_node_init(&t->conns[i].timer);
        t->conns[i].next = t->free;
        t->free = i;
    }
    t->free_count = cfg->conns;
    t->iss_key[0] = rng_mix(cfg->secret, 1);
    t->iss_key[1] = rng_mix(cfg->secret, 2);
    tcp_now(t, now_ns);
    timer_refill_challenges(t, now_ns);
    ack_answers_init(t);
    wheel_init(&t->wheel, &t->conns[0].timer, sizeof *t->conns, t->now_step);
    return 0;
}

void tcp_fini(struct tcp *t)
{
    mem_release(t->conns, (size_t)t->cfg.conns * sizeof *t->conns);
    if (t->flows.entries)
        flow_fini(&t->flows);
    time_wait_fini(&t->time_wait);
    ooo_fini(&t->ooo);
    side_pool_fini(&t->sides);
    t->conns = NULL;
}

void tcp_memory_of(const struct tcp_config *cfg, struct tcp_memory *out)
{
    uint32_t waits = time_wait_slots(cfg->time_wait_entries);
    *out = (struct tcp_memory){
        .conns = (uint64_t)cfg->conns * sizeof(struct conn),
        .flows = flow_slots((uint64_t)cfg->conns + waits) * sizeof(struct flow_entry),
        .time_wait = (uint64_t)waits * sizeof(struct time_wait),
        .ooo = (uint64_t)cfg->ooo_pieces * (sizeof(struct ooo_piece) + cfg->piece_bytes),
        .sides = (uint64_t)cfg->side_blocks * SIDE_BLOCK_BYTES,
    };
}

void tcp_memory(const struct tcp *t, struct tcp_memory *out)
{
    tcp_memory_of(&t->cfg, out);
}

uint32_t conn_alloc(struct tcp *t, uint32_t path)
{
    uint32_t index = t->free;
    if (index == CONN_NONE) {
        tcp_count(t, COUNTER_POOL_EMPTY);
        return CONN_NONE;
    }
    t->free = t->conns[index].next;
    t->free_count--;
    path_use(t->cfg.path_uses, path, 1);
    return index;
}

static void slot_release(struct tcp *t, uint32_t index)
{
    path_use(t->cfg.path_uses, t->conns[index].path, -1);
    t->conns[index].next = t->free;
    t->free = index;
    t->free_count++;
}

void conn_free(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    c->state = TCP_CLOSED;
    if (conn_has(c, CONN_OUT)) /* tcp_next_out releases it when it comes to the front */
        return;
    if (index == t->busy)
        t->busy_freed = true;
    else
        slot_release(t, index);
}

void conn_release_busy(struct tcp *t)
{
    if (t->busy_freed)
        slot_release(t, t->busy);
    t->busy_freed = false;
    t->busy = CONN_NONE;
}

__attribute__((noinline)) void out_append(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    conn_set(c, CONN_OUT);
    c->next = CONN_NONE;
    if (t->out_tail == CONN_NONE)
        t->out_head = index;
    else
        t->conns[t->out_tail].next = index;
    t->out_tail = index;
    t->out_count++;
}

uint32_t tcp_next_out(struct tcp *t)
{
    while (t->out_head != CONN_NONE) {
        uint32_t index = t->out_head;
        struct conn *c = &t->conns[index];
        t->out_head = c->next;
        t->out_count--;
        if (t->out_head == CONN_NONE)
            t->out_tail = CONN_NONE;
        else
            conn_prefetch(&t->conns[t->out_head]);
        conn_clear(c, CONN_OUT);
        if (c->state != TCP_CLOSED)
            return index;
        slot_release(t, index);
    }
    return CONN_NONE;
}

void tcp_more_out(struct tcp *t, uint32_t conn)
{
    if (t->conns[conn].state != TCP_CLOSED)
        out_add(t, conn);
}

/* RFC 6528 3: a clock of about 4 us plus a keyed hash of the tuple, for which the path's number
 * stands with its addresses. */
static uint32_t initial_sequence(const struct tcp *t, uint64_t key)
{
    return (t->now_tk >> 2) + (uint32_t)siphash_word(t->iss_key, key);
}

void conn_number(struct conn *c, uint32_t iss)
{
    c->iss = c->snd_una = c->snd_nxt = c->snd_max = c->recover = iss;
    c->snd_lim = iss + 1;
}

uint32_t conn_new(struct tcp *t, uint64_t key, uint32_t hash, uint16_t mss, enum tcp_state state)
{
    uint32_t path = (uint32_t)(key >> 32), index = conn_alloc(t, path);
    if (index == CONN_NONE)
        return CONN_NONE;
    struct conn *c = &t->conns[index];
    *c = t->fresh;
    c->path = path;
    c->lport = (uint16_t)(key >> 16);
    c->rport = (uint16_t)key;
    c->mss = c->offer_mss = mss;
    c->state = (uint8_t)state;
    conn_number(c, initial_sequence(t, key));
    flow_add(&t->flows, hash, index);
    out_add(t, index);
    return index;
}

static uint32_t conn_hash(const struct tcp *t, const struct conn *c)
{
    return tcp_hash(t, c->path, c->lport, c->rport);
}

/* Out of every structure but the slot itself and the flow table. */
static void conn_detach(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (wheel_has(&c->timer))
        wheel_remove(&t->wheel, index);
    side_detach(t, c);
    if (c->state == TCP_SYN_RCVD)
        t->half_open--;
}

void conn_end(struct tcp *t, uint32_t index, enum tcp_event event)
{
    struct conn *c = &t->conns[index];
    bool unknown = c->state == TCP_SYN_RCVD && conn_has(c, CONN_PASSIVE);
    conn_detach(t, index);
    flow_remove(&t->flows, conn_hash(t, c), index);
    tcp_count(t, event == TCP_EVENT_CLOSED ? COUNTER_CLOSES : COUNTER_ABORTS);
    c->state = TCP_CLOSED; /* the callback must not find it alive */
    if (!unknown) /* the application never saw it open */
        t->ops->event(t->ctx, index, event);
    conn_free(t, index);
}

void conn_time_wait(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    struct time_wait entry = {
        .key = conn_key(c),
        .hash = conn_hash(t, c),
        .snd_nxt = c->snd_max,
        .rcv_nxt = c->rcv_nxt,
        .ts_recent = c->ts_recent,
        .expire_tk = t->now_tk + t->cfg.time_wait_tk,
        .ts = conn_has(c, CONN_TS),
    };
    /* The last ACK still has to leave: the slot stays until it did. */
    conn_detach(t, index);
    if (time_wait_add(&t->time_wait, &t->flows, entry, index))
        tcp_count(t, COUNTER_TIME_WAIT_FULL);
    tcp_count(t, COUNTER_CLOSES);
    c->state = TCP_LAST_WORD;
    out_add(t, index);
    t->ops->event(t->ctx, index, TCP_EVENT_CLOSED);
}

void tcp_abort(struct tcp *t, uint32_t conn)
{
    struct conn *c = &t->conns[conn];
    if (!conn_is_alive(c))
        return;
    tcp_tell(t, conn, TCP_CALL_ABORT, 0);
    bool silent = c->state == TCP_SYN_SENT; /* nothing to reset yet (RFC 9293 3.10.5) */
    conn_detach(t, conn);
    flow_remove(&t->flows, conn_hash(t, c), conn);
    tcp_count(t, COUNTER_ABORTS);
    if (silent) {
        conn_free(t, conn);
        return;
    }
    c->state = TCP_ABORTED;
    out_add(t, conn);
}
