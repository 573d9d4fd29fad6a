/* SPDX-License-Identifier: BSD-3-Clause */
/* The application's calls (RFC 9293 3.10.2 to 3.10.5) on a connection. */
#include <errno.h>

#include "tcp/internal.h"

int tcp_listen(struct tcp *t, uint16_t port)
{
    if (t->listen_count == TCP_LISTEN_MAX)
        return -ENOSPC;
    t->listen[t->listen_count++] = port;
    return 0;
}

bool tcp_listens(const struct tcp *t, uint16_t port)
{
    for (uint32_t i = 0; i < t->listen_count; i++)
        if (t->listen[i] == port)
            return true;
    return false;
}

void tcp_send(struct tcp *t, uint32_t conn, uint32_t len)
{
    struct conn *c = &t->conns[conn];
    assert(!conn_has(c, CONN_FIN));
    c->snd_lim += len;
    if (c->state == TCP_ESTABLISHED || c->state == TCP_CLOSE_WAIT)
        out_add(t, conn);
}

void tcp_close(struct tcp *t, uint32_t conn)
{
    struct conn *c = &t->conns[conn];
    if (conn_has(c, CONN_FIN))
        return;
    switch ((enum tcp_state)c->state) {
    case TCP_SYN_SENT:
        tcp_abort(t, conn);
        return;
    case TCP_SYN_RCVD: /* `established` moves on to FIN-WAIT-1 */
        break;
    case TCP_ESTABLISHED:
        c->state = TCP_FIN_WAIT_1;
        break;
    case TCP_CLOSE_WAIT:
        c->state = TCP_LAST_ACK;
        break;
    case TCP_CLOSED:
    case TCP_FIN_WAIT_1:
    case TCP_FIN_WAIT_2:
    case TCP_CLOSING:
    case TCP_LAST_ACK:
    case TCP_ABORTED:
    case TCP_LAST_WORD:
    case TCP_STATE_COUNT:
        return;
    }
    conn_set(c, CONN_FIN);
    out_add(t, conn);
}

void tcp_pause(struct tcp *t, uint32_t conn)
{
    struct conn *c = &t->conns[conn];
    if (!conn_has(c, CONN_PAUSED))
        tcp_count(t, COUNTER_WINDOW_CLOSED);
    conn_set(c, CONN_PAUSED);
}

void tcp_resume(struct tcp *t, uint32_t conn)
{
    struct conn *c = &t->conns[conn];
    if (!conn_has(c, CONN_PAUSED))
        return;
    conn_clear(c, CONN_PAUSED);
    conn_set(c, CONN_ACK_NOW); /* the window update */
    out_add(t, conn);
}
