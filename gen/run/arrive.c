/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrivals: from the schedule (open loop) or from the slot that has become free (max). */
#include "run/client_internal.h"

static void count_not_sent(struct client *c, enum operation operation, uint64_t intended_ns)
{
    c->started++;
    client_count(c, COUNTER_STARTED);
    client_count(c, COUNTER_FAILED);
    c->block->results[RESULT_NOT_SENT]++;
    client_sample_not_sent(c, operation, intended_ns);
}

/* Counts an arrival that never got a connection. */
static void give_up_arrival(struct client *c, uint64_t intended_ns)
{
    enum operation operation = draw_operation(c);
    for (uint64_t n = draw_starts(c, operation); n > 0; n--)
        count_not_sent(c, operation, intended_ns);
}

/* Field by field: gcc makes a string instruction of a literal as long as this one, which takes longer than
 * all the rest of a start. */
static inline void begin(const struct client *c, const struct session *s, struct trans *t,
                         enum operation operation, uint64_t intended_ns, uint64_t eligible_ns)
{
    t->msg = (struct app_message){.id = c->next_id, .conn = c->cfg.first_session + session_number(c, s)};
    t->parse = (struct app_parse){0};
    t->intended_ns = intended_ns;
    t->eligible_ns = eligible_ns;
    t->sent_ns = 0;
    t->replies = 0;
    t->operation = (uint8_t)operation;
    t->measured = c->due_measured;
    t->whole = t->replied = false;
}

static void start_one(struct client *c, struct session *s, enum operation operation,
                      uint64_t intended_ns, uint64_t eligible_ns)
{
    uint32_t index = trans_alloc(&c->trans);
    if (index == TRANS_NONE) { /* the pool holds sessions x depth: only unacknowledged ones fill it */
        client_count(c, COUNTER_POOL_EMPTY);
        count_not_sent(c, operation, intended_ns);
        return;
    }
    struct trans *t = &c->trans.entries[index];
    begin(c, s, t, operation, intended_ns, eligible_ns);
    draw_sizes(c, operation, &t->msg);
    if (c->cfg.proto->begin)
        c->cfg.proto->begin(c->cfg.app, &t->msg);
    c->next_id += c->cfg.workers;
    c->started++;
    client_count(c, COUNTER_STARTED);
    client_told(c, session_number(c, s))->started += c->load.measured;
    if (s->state == SESSION_OPEN && !s->outstanding)
        tcp_timer_set(&c->stack->tcp, s->conn, tcp_ticks(c->now_ns + c->load.timeout_ns));
    struct tcp *tcp = &c->stack->tcp;
    t->pos = s->state == SESSION_OPEN ? tcp_end(tcp_conn(tcp, s->conn)) : 0;
    trans_append(&c->trans, &s->head, index);
    s->outstanding++;
    if (s->state == SESSION_OPEN)
        tcp_send(tcp, s->conn, t->msg.len);
}

/* The requests of a batch stand ready together: they leave as one write. */
void client_start_on(struct client *c, struct session *s, uint64_t intended_ns,
                     uint64_t eligible_ns)
{
    enum operation operation = draw_operation(c);
    for (uint64_t n = draw_starts(c, operation); n > 0; n--)
        start_one(c, s, operation, intended_ns, eligible_ns);
    pace_rest(c, s);
    c->worker_rests_ns = c->now_ns + c->load.pace_worker_ns;
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
    give_up_arrival(c, intended_ns);
    session_list(c, s);
}

static void start_arrival(struct client *c, uint64_t intended_ns)
{
    struct session *s = session_first_free(c);
    uint64_t eligible = intended_ns > c->free_since_ns ? intended_ns : c->free_since_ns;
    session_unlist(c, s);
    if (c->load.opens_each) {
        start_short(c, s, intended_ns);
        return;
    }
    client_start_on(c, s, intended_ns, eligible);
    if (session_has_room(c, s))
        session_list(c, s);
}

/* Whether a start would come too soon after the last one of this worker. */
static bool worker_rests(const struct client *c)
{
    return c->load.pace_worker_ns && c->now_ns < c->worker_rests_ns;
}

static bool limit_reached(const struct client *c)
{
    return c->load.transactions && c->started >= c->load.transactions;
}

static bool arrivals_left(const struct client *c)
{
    return !c->load.spec.shape->closed_loop && c->schedule.next_ns != UINT64_MAX &&
           !limit_reached(c);
}

/* More than that wait to send already. Whoever joined them would keep its peer waiting for
 * acknowledgements, at a million connections for longer than it takes to send all again. */
#define OUTPUT_MOST 8192u

static bool output_is_full(const struct client *c)
{
    return c->stack->tcp.out_count >= OUTPUT_MOST;
}

/* Another waits for its turn, or all do for room to send: last in line. */
static void take_turns(struct client *c, struct session *s)
{
    session_list(c, s);
    if (!output_is_full(c))
        start_arrival(c, c->now_ns);
}

/* The closed loop of one session: as many as its depth allows. */
void client_continue(struct client *c, struct session *s)
{
    bool takes_work = c->mode == CLIENT_LOAD || (c->mode == CLIENT_DRAIN && arrivals_left(c));
    if (!takes_work || !session_has_room(c, s))
        return;
    if (!c->load.spec.shape->closed_loop || c->load.opens_each || c->load.pace_worker_ns) {
        session_list(c, s);
        return;
    }
    if (limit_reached(c))
        return;
    if (c->free.listed || output_is_full(c))
        take_turns(c, s);
    else
        client_start_on(c, s, c->now_ns, c->now_ns);
}

/* Whether the free session at hand may be used now: it opens its connection itself, and the next
 * one may not open yet. */
static bool may_start(const struct client *c)
{
    return !worker_rests(c) && (!c->load.opens_each || client_may_connect(c));
}

static uint32_t start_closed_loop(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    while (n < budget && c->free.listed && !limit_reached(c) && may_start(c) &&
           !output_is_full(c)) {
        start_arrival(c, c->now_ns);
        n++;
    }
    return n;
}

/* Arrivals whose time has come by then and that no connection has taken. */
static uint64_t arrivals_by(const struct client *c, uint64_t now_ns)
{
    return c->schedule.next_ns > now_ns ? 0 : schedule_due(&c->schedule, now_ns);
}

static uint64_t arrivals_waiting(const struct client *c)
{
    return arrivals_by(c, c->now_ns);
}

/* What became due while the loop was away. That is the generator's fault however busy the
 * connections were: nobody can tell whether one would have been free. */
static void note_missed(struct client *c)
{
    uint64_t late_ns = c->now_ns - c->looked_ns;
    if (late_ns > CLIENT_MISSED_NS)
        c->block->counters[COUNTER_MISSED] +=
            arrivals_by(c, c->now_ns - CLIENT_MISSED_NS) - arrivals_by(c, c->looked_ns);
    c->looked_ns = c->now_ns;
}

static void note_backlog(struct client *c)
{
    uint64_t waiting = arrivals_waiting(c);
    if (waiting > c->block->counters[COUNTER_BACKLOG_MAX])
        c->block->counters[COUNTER_BACKLOG_MAX] = waiting;
}

/* On demand: as many opens under way as arrivals wait; in a closed loop each would be used. */
static uint32_t open_on_demand(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    uint64_t wanted = c->load.spec.shape->closed_loop ? UINT64_MAX : arrivals_waiting(c);
    while (n < budget && c->opening < wanted && c->opening < c->cfg.connect_parallel &&
           reopen_one(c))
        n++;
    return n;
}

static uint32_t start_open_loop(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    note_missed(c);
    while (n < budget && c->schedule.next_ns <= c->now_ns && !limit_reached(c)) {
        if (c->now_ns - c->schedule.next_ns > c->load.queue_max_ns) {
            give_up_arrival(c, schedule_take(&c->schedule));
        } else if (!c->free.listed || !may_start(c)) {
            break;
        } else {
            start_arrival(c, schedule_take(&c->schedule));
        }
        n++;
    }
    note_backlog(c);
    return n;
}

void client_end_load(struct client *c, uint64_t now_ns)
{
    churn_due(c, UINT32_MAX);
    if (!c->load.spec.shape->closed_loop)
        schedule_end(&c->schedule, now_ns);
}

void client_give_up_arrivals(struct client *c)
{
    while (arrivals_left(c))
        give_up_arrival(c, schedule_take(&c->schedule));
}

bool client_drained(const struct client *c)
{
    return c->trans.in_use == 0 && !arrivals_left(c);
}

/* What moves connections under load, beside the arrivals. */
static uint32_t connections_due(struct client *c, uint32_t budget)
{
    uint32_t n = pace_due(c, budget) + reopen_due(c, budget) + churn_due(c, budget);
    if (c->load.on_demand && !c->free.listed)
        n += open_on_demand(c, budget);
    return n;
}

uint32_t client_start_due(struct client *c, uint32_t budget)
{
    switch (c->mode) {
    case CLIENT_CONNECT:
        return client_connect_due(c, budget);
    case CLIENT_LOAD:
        return connections_due(c, budget) + (c->load.spec.shape->closed_loop
                                                 ? start_closed_loop(c, budget)
                                                 : start_open_loop(c, budget));
    case CLIENT_CLOSE:
        return client_close_due(c, budget);
    case CLIENT_DRAIN:
        return arrivals_left(c) ? pace_due(c, budget) + start_open_loop(c, budget) : 0;
    case CLIENT_IDLE:
        break;
    }
    return 0;
}
