/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrivals: from the schedule (open loop) or from the slot that has become free (max). */
#include "run/client_internal.h"

void client_count_not_sent(struct client *c, enum result why, uint64_t intended_ns)
{
    c->started++;
    client_count(c, COUNTER_STARTED);
    client_count(c, COUNTER_FAILED);
    c->block->results[why]++;
    client_sample_not_sent(c, why, intended_ns);
}

#define SIZE_STREAM  0x73697a6573000000ull /* "sizes", and */
#define REPLY_STREAM 0x7265706c79000000ull /* "reply": drawn apart from each other and from the gaps */

/* By the number of the start in the phase, over all workers: it does not matter which connection
 * was free. */
static void draw_sizes(const struct client *c, struct app_message *msg)
{
    const struct client_load *l = &c->load;
    uint64_t number = c->started * c->cfg.workers + c->cfg.worker;
    msg->len = size_draw(&l->payload, l->spec.seed ^ SIZE_STREAM, number);
    msg->reply_len = c->cfg.one_way   ? 0
                     : l->reply.count ? size_draw(&l->reply, l->spec.seed ^ REPLY_STREAM, number)
                                      : msg->len;
}

static void append(struct client *c, struct session *s, uint32_t index)
{
    c->trans.entries[index].next = TRANS_NONE;
    if (s->tail == TRANS_NONE)
        s->head = index;
    else
        c->trans.entries[s->tail].next = index;
    s->tail = index;
    s->outstanding++;
}

void client_start_on(struct client *c, struct session *s, uint64_t intended_ns,
                     uint64_t eligible_ns)
{
    uint32_t index = trans_alloc(&c->trans);
    if (index == TRANS_NONE) { /* the pool holds sessions x depth: only unacknowledged ones fill it */
        client_count(c, COUNTER_POOL_EMPTY);
        client_count_not_sent(c, RESULT_NOT_SENT, intended_ns);
        return;
    }
    struct trans *t = &c->trans.entries[index];
    *t = (struct trans){
        .msg = {.id = c->next_id, .conn = c->cfg.first_session + session_number(c, s)},
        .intended_ns = intended_ns, .eligible_ns = eligible_ns, .measured = c->load.measured,
    };
    draw_sizes(c, &t->msg);
    c->next_id += c->cfg.workers;
    c->started++;
    client_count(c, COUNTER_STARTED);
    if (s->state == SESSION_OPEN && !s->outstanding)
        tcp_timer_set(&c->stack->tcp, s->conn, tcp_ticks(c->now_ns + c->load.timeout_ns));
    struct tcp *tcp = &c->stack->tcp;
    t->pos = s->state == SESSION_OPEN ? tcp_end(tcp_conn(tcp, s->conn)) : 0;
    append(c, s, index);
    if (s->state == SESSION_OPEN)
        tcp_send(tcp, s->conn, t->msg.len);
}

/* Short-lived: the transaction waits on the session while its connection opens. */
static void start_short(struct client *c, struct session *s, uint64_t intended_ns)
{
    if (session_open(c, s)) {
        client_start_on(c, s, intended_ns, 0); /* eligible when it is open */
        return;
    }
    client_count(c, COUNTER_CONNECTS_STARTED);
    client_count_connects_failed(c, RESULT_NOT_SENT, 1);
    client_count_not_sent(c, RESULT_NOT_SENT, intended_ns);
    session_list(c, s);
}

static void start_arrival(struct client *c, uint64_t intended_ns)
{
    struct session *s = &c->sessions[c->free_head];
    uint64_t eligible = intended_ns > c->free_since_ns ? intended_ns : c->free_since_ns;
    session_unlist(c, s);
    if (c->load.short_lived) {
        start_short(c, s, intended_ns);
        return;
    }
    client_start_on(c, s, intended_ns, eligible);
    if (session_has_room(c, s))
        session_list(c, s);
}

static bool limit_reached(const struct client *c)
{
    return c->load.transactions && c->started >= c->load.transactions;
}

/* The closed loop of one session: as many as its depth allows. */
void client_continue(struct client *c, struct session *s)
{
    if (c->mode != CLIENT_LOAD || !session_has_room(c, s))
        return;
    if (!c->load.spec.shape->closed_loop || c->load.short_lived) {
        session_list(c, s);
        return;
    }
    if (!limit_reached(c))
        client_start_on(c, s, c->now_ns, c->now_ns);
}

static uint32_t start_closed_loop(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    while (n < budget && c->free_head != SESSION_NONE && !limit_reached(c)) {
        start_arrival(c, c->now_ns);
        n++;
    }
    return n;
}

static void note_backlog(struct client *c)
{
    if (c->schedule.next_ns >= c->now_ns)
        return;
    uint64_t waiting = schedule_due(&c->schedule, c->now_ns);
    if (waiting > c->block->counters[COUNTER_BACKLOG_MAX])
        c->block->counters[COUNTER_BACKLOG_MAX] = waiting;
}

static uint32_t start_open_loop(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    while (n < budget && c->schedule.next_ns <= c->now_ns && !limit_reached(c)) {
        if (c->now_ns - c->schedule.next_ns > c->load.queue_max_ns) {
            client_count_not_sent(c, RESULT_NOT_SENT, schedule_take(&c->schedule));
        } else if (c->free_head == SESSION_NONE) {
            break;
        } else {
            start_arrival(c, schedule_take(&c->schedule));
        }
        n++;
    }
    note_backlog(c);
    return n;
}

/* Nobody answers for a target: every open fails, with its reason. */
static void fail_unresolved(struct client *c)
{
    uint64_t left = c->cfg.sessions - c->to_open;
    c->block->counters[COUNTER_CONNECTS_STARTED] += left;
    client_count_connects_failed(c, RESULT_NO_ROUTE, left);
    c->to_open = c->cfg.sessions;
}

static bool targets_resolved(struct client *c)
{
    if (c->resolved == NEIGH_WAIT)
        c->resolved = client_resolved(c);
    if (c->resolved == NEIGH_FAILED)
        fail_unresolved(c);
    else if (c->resolved == NEIGH_READY && c->load.short_lived)
        c->to_open = c->cfg.sessions; /* each transaction opens its own */
    return c->resolved == NEIGH_READY;
}

/* Opens that the rate and the number under way allow. */
static uint32_t open_due(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    if (!targets_resolved(c))
        return 0;
    while (n < budget && c->to_open < c->cfg.sessions && c->opening < c->cfg.connect_parallel) {
        double due = (double)(c->now_ns - c->connect_start_ns) * c->cfg.connect_rate_per_s / 1e9;
        if (c->cfg.connect_rate_per_s > 0 && (double)c->connects_begun > due)
            break;
        struct session *s = &c->sessions[c->to_open++];
        if (s->state == SESSION_DOWN && !session_open(c, s)) {
            client_count(c, COUNTER_CONNECTS_STARTED);
            client_count_connects_failed(c, RESULT_NOT_SENT, 1);
        }
        n++;
    }
    return n;
}

static uint32_t close_due(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    while (n < budget && c->to_open < c->cfg.sessions && c->closing < c->cfg.connect_parallel) {
        struct session *s = &c->sessions[c->to_open++];
        if (s->state == SESSION_OPEN)
            session_close(c, s);
        else if (s->state == SESSION_OPENING)
            session_abort(c, s);
        n++;
    }
    return n;
}

uint32_t client_start_due(struct client *c, uint32_t budget)
{
    switch (c->mode) {
    case CLIENT_CONNECT:
        return open_due(c, budget);
    case CLIENT_LOAD:
        return c->load.spec.shape->closed_loop ? start_closed_loop(c, budget)
                                               : start_open_loop(c, budget);
    case CLIENT_CLOSE:
        return close_due(c, budget);
    case CLIENT_IDLE:
    case CLIENT_DRAIN:
        break;
    }
    return 0;
}
