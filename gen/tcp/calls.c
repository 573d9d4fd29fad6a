/* SPDX-License-Identifier: BSD-3-Clause */
/* The application's calls (RFC 9293 3.10.2 to 3.10.5) on a connection. */
#include <errno.h>

#include "tcp/internal.h"

int tcp_listen_range(struct tcp *t, struct port_range ports)
{
    if (t->listen_count == TCP_LISTEN_MAX)
        return -ENOSPC;
    t->listen[t->listen_count++] = ports;
    return 0;
}

int tcp_listen(struct tcp *t, uint16_t port)
{
    return tcp_listen_range(t, (struct port_range){port, port});
}

bool tcp_listens(const struct tcp *t, uint16_t port)
{
    for (uint32_t i = 0; i < t->listen_count; i++)
        if (port >= t->listen[i].lo && port <= t->listen[i].hi)
            return true;
    return false;
}

void tcp_send(struct tcp *t, uint32_t conn, uint32_t len)
{
    struct conn *c = &t->conns[conn];
    assert(!conn_has(c, CONN_FIN));
    tcp_tell(t, conn, TCP_CALL_SEND, len);
    c->snd_lim += len;
    if (c->state == TCP_ESTABLISHED || c->state == TCP_CLOSE_WAIT)
        out_add(t, conn);
}

void tcp_close(struct tcp *t, uint32_t conn)
{
    struct conn *c = &t->conns[conn];
    uint8_t move = conn_rule(c)->on_close;
    tcp_tell(t, conn, TCP_CALL_CLOSE, 0);
    if (move == TCP_MOVE_ABORT)
        tcp_abort(t, conn);
    if (move >= TCP_MOVE_NONE || conn_has(c, CONN_FIN))
        return;
    c->state = move;
    conn_set(c, CONN_FIN);
    out_add(t, conn);
}

void tcp_pause(struct tcp *t, uint32_t conn)
{
    struct conn *c = &t->conns[conn];
    tcp_tell(t, conn, TCP_CALL_PAUSE, 0);
    if (!conn_has(c, CONN_PAUSED))
        tcp_count(t, COUNTER_WINDOW_CLOSED);
    conn_set(c, CONN_PAUSED);
}

void tcp_resume(struct tcp *t, uint32_t conn)
{
    struct conn *c = &t->conns[conn];
    if (!conn_has(c, CONN_PAUSED))
        return;
    tcp_tell(t, conn, TCP_CALL_RESUME, 0);
    conn_clear(c, CONN_PAUSED);
    conn_set(c, CONN_ACK_NOW); /* the window update */
    out_add(t, conn);
}
