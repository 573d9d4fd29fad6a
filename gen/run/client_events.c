/* SPDX-License-Identifier: BSD-3-Clause */
/* The engine's callbacks for the client: connections come and go, replies arrive. */
#include "run/client_internal.h"

static void opened(struct client *c, struct session *s)
{
    c->opening--;
    c->open++;
    s->state = SESSION_OPEN;
    client_count(c, COUNTER_CONNECTS_COMPLETED);
    client_told(c, session_number(c, s))->opened++;
    struct tcp *tcp = &c->stack->tcp;
    const struct conn *conn = tcp_conn(tcp, s->conn);
    uint64_t took = (uint64_t)(tcp_ticks(c->now_ns) - conn->rtt_at) << TCP_TICK_SHIFT;
    hist_record(&c->block->times[TIME_CONNECT], took);
    tcp_timer_clear(tcp, s->conn);
    for (uint32_t i = s->head; i != TRANS_NONE; i = c->trans.entries[i].next) {
        struct trans *t = &c->trans.entries[i]; /* short-lived: it waited for this */
        t->eligible_ns = c->now_ns;
        t->pos = tcp_end(conn);
        tcp_send(tcp, s->conn, t->msg.len);
        tcp_timer_set(tcp, s->conn, tcp_ticks(c->now_ns + c->load.timeout_ns));
    }
    if (c->mode == CLIENT_LOAD && s->head == TRANS_NONE)
        client_continue(c, s);
}

/* The session has no connection any more: what its pattern does then. */
static void gone(struct client *c, struct session *s)
{
    if (c->load.opens_each)
        client_continue(c, s);
    else if (s->retiring)
        churn_reopen(c, s);
    else
        reopen_later(c, s);
}

/* The connection is gone without our doing. */
static void lost(struct client *c, struct session *s, enum result why)
{
    if (why == RESULT_TIMEOUT || why == RESULT_CONNECT_TIMEOUT)
        client_fault(c, s->conn, why);
    if (s->state == SESSION_OPENING)
        client_count_connect_failed(c, s, why);
    client_fail_all(c, s, why);
    session_leave(c, s, SESSION_DOWN);
    gone(c, s);
}

/* Our own close came to its end, or the peer's and ours. */
static void closed(struct client *c, struct session *s)
{
    client_fail_all(c, s, RESULT_CLOSED_EARLY);
    session_leave(c, s, SESSION_DOWN);
    gone(c, s);
}

static void on_peer_closed(struct client *c, struct session *s)
{
    client_fail_all(c, s, RESULT_CLOSED_EARLY);
    if (tcp_unacked(tcp_conn(&c->stack->tcp, s->conn))) { /* half a request: nothing to finish */
        session_abort(c, s);
        gone(c, s);
        return;
    }
    if (s->state == SESSION_OPEN)
        session_leave(c, s, SESSION_CLOSING);
    tcp_close(&c->stack->tcp, s->conn);
}

/* Of a connection whose session went on without it: only its end matters. */
static void on_detached(struct client *c, enum tcp_event event)
{
    if (event != TCP_EVENT_OPEN && event != TCP_EVENT_PEER_CLOSED)
        c->detached--;
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct client *c = ctx;
    struct session *s = client_session(c, conn);
    if (s->conn != conn) {
        on_detached(c, event);
        return;
    }
    switch (event) {
    case TCP_EVENT_OPEN:
        opened(c, s);
        break;
    case TCP_EVENT_PEER_CLOSED:
        on_peer_closed(c, s);
        break;
    case TCP_EVENT_CLOSED:
        closed(c, s);
        break;
    case TCP_EVENT_RESET:
        lost(c, s, RESULT_RESET);
        break;
    case TCP_EVENT_REFUSED:
        lost(c, s, RESULT_CONNECT_REFUSED);
        break;
    case TCP_EVENT_TIMEOUT:
        lost(c, s, s->state == SESSION_OPENING ? RESULT_CONNECT_TIMEOUT : RESULT_TIMEOUT);
        break;
    }
}

/* A reply that is not the oldest one's: whose is it? */
static uint32_t match_by_id(const struct client *c, uint32_t oldest, const struct app_reply *reply,
                            enum result *result)
{
    for (uint32_t i = oldest; i != TRANS_NONE; i = c->trans.entries[i].next) {
        const struct trans *t = &c->trans.entries[i];
        if (t->msg.id != reply->id || t->replied)
            continue;
        if (i != oldest)
            *result = t->msg.reply_len == reply->len ? RESULT_OUT_OF_ORDER : RESULT_BAD_REPLY;
        return i;
    }
    *result = RESULT_WRONG_ID;
    return oldest;
}

/* After a reply: the next deadline, the next transaction, or the close of a short life. */
static void after_reply(struct client *c, struct session *s)
{
    struct tcp *tcp = &c->stack->tcp;
    uint32_t acked = conn_position(tcp_conn(tcp, s->conn), tcp_conn(tcp, s->conn)->snd_una);
    client_release(c, s, acked);
    s->vain = 0;
    if (c->load.opens_each) {
        session_close(c, s);
        return;
    }
    if (s->outstanding)
        tcp_timer_set(tcp, s->conn, tcp_ticks(c->now_ns + c->load.timeout_ns));
    else
        tcp_timer_clear(tcp, s->conn);
    churn_settle(c, s);
    client_continue(c, s);
}

/* Whether more messages of the reply are to come after this one. */
static bool goes_on(struct client *c, struct trans *t)
{
    if (t->replies + 1u >= t->msg.replies)
        return false;
    t->replies++;
    client_count(c, COUNTER_MESSAGES_RECEIVED);
    return true;
}

static void on_reply(struct client *c, struct session *s, uint32_t oldest,
                     const struct app_reply *reply)
{
    enum result result = reply->result;
    uint32_t whose = oldest;
    if (c->cfg.proto->match_by_id && result == RESULT_OK)
        whose = match_by_id(c, oldest, reply, &result);
    if (result == RESULT_BAD_REPLY || (result == RESULT_WRONG_ID && reply->result == result)) {
        client_fault(c, s->conn, result); /* the stream cannot be trusted any more */
        client_finish(c, s, oldest, result);
        client_fail_all(c, s, RESULT_RESET);
        session_abort(c, s);
        gone(c, s);
        return;
    }
    if (result == RESULT_OUT_OF_ORDER || result == RESULT_BAD_REPLY)
        client_fault(c, s->conn, result);
    if (result == RESULT_OK && goes_on(c, &c->trans.entries[whose]))
        return;
    client_finish(c, s, whose, result);
    after_reply(c, s);
}

/* Bytes that nobody asked for: there is no transaction to blame, the connection goes. */
static uint32_t unasked(struct client *c, struct session *s, uint32_t len)
{
    if (s->state == SESSION_OPEN) {
        c->block->connect_errors[RESULT_BAD_REPLY]++;
        client_fault(c, s->conn, RESULT_BAD_REPLY);
        session_abort(c, s);
        gone(c, s);
    }
    return len;
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct client *c = ctx;
    struct session *s = client_session(c, conn);
    uint32_t used = 0;
    while (used < len && s->conn == conn) {
        uint32_t oldest = client_oldest(c, s);
        if (oldest == TRANS_NONE || c->cfg.one_way)
            return used + unasked(c, s, len - used);
        struct trans *t = &c->trans.entries[oldest];
        struct app_reply reply;
        bool done = false;
        used += c->cfg.proto->rx(c->cfg.app, &t->parse, &t->msg, data + used, len - used, &reply,
                                 &done);
        if (done) {
            t->parse = (struct app_parse){0};
            on_reply(c, s, oldest, &reply);
        }
    }
    return len;
}

/* One-way protocols end a transaction when its last byte is acknowledged. */
static void acked_one_way(struct client *c, struct session *s, uint32_t pos)
{
    uint32_t conn = s->conn;
    for (;;) {
        uint32_t oldest = client_oldest(c, s);
        if (oldest == TRANS_NONE)
            return;
        const struct trans *t = &c->trans.entries[oldest];
        if (seq_lt(pos, t->pos + t->msg.len))
            return;
        client_finish(c, s, oldest, RESULT_OK);
        after_reply(c, s);
        if (s->conn != conn || s->state != SESSION_OPEN)
            return;
    }
}

/* A request whose reply is still to come stays. */
static bool awaits_reply(const struct client *c, const struct session *s)
{
    return s->head == TRANS_NONE || !c->trans.entries[s->head].replied;
}

static void on_acked(void *ctx, uint32_t conn, uint32_t pos)
{
    struct client *c = ctx;
    struct session *s = client_session(c, conn);
    if (s->conn != conn)
        return;
    if (c->cfg.one_way)
        acked_one_way(c, s, pos);
    else if (!awaits_reply(c, s))
        client_release(c, s, pos);
}

/* A deadline: of the connect, the oldest transaction, or the close. */
static void on_timer(void *ctx, uint32_t conn)
{
    struct client *c = ctx;
    struct session *s = client_session(c, conn);
    if (s->conn != conn) {
        c->detached--;
        tcp_abort(&c->stack->tcp, conn);
        return;
    }
    client_fault(c, conn, s->state == SESSION_OPENING ? RESULT_CONNECT_TIMEOUT : RESULT_TIMEOUT);
    if (s->state == SESSION_OPENING) {
        client_count_connect_failed(c, s, RESULT_CONNECT_TIMEOUT);
        client_fail_all(c, s, RESULT_CONNECT_TIMEOUT);
    } else {
        client_fail_all(c, s, RESULT_TIMEOUT);
    }
    session_abort(c, s);
    gone(c, s);
}

const struct tcp_ops client_tcp_ops = {
    .event = on_event,
    .data = on_data,
    .acked = on_acked,
    .timer = on_timer,
};
