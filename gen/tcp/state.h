/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state machine as a table (RFC 9293 3.3.2, figure 5, and 3.10): what a state permits and where
 * each of the three things that end a connection leads. How a connection begins (SYN-SENT,
 * SYN-RECEIVED to ESTABLISHED) is one step of rx.c, because it settles numbers and options too.
 */
#ifndef TCP_STATE_H
#define TCP_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "tcp/conn.h"

/* Where a state leads: another state, or one of these. */
enum tcp_move {
    TCP_MOVE_NONE = TCP_STATE_COUNT, /* nothing happens here */
    TCP_MOVE_ABORT,                  /* nothing to close in order yet: the slot is freed */
    TCP_MOVE_TIME_WAIT,              /* the tuple waits, the slot is freed after the last ACK */
    TCP_MOVE_END,                    /* all is said: the slot is freed */
};

struct tcp_state_rule {
    const char *name;
    uint8_t on_close;     /* the application closes (3.10.4) */
    uint8_t on_fin;       /* the peer's FIN arrives in order (3.10.7.4, eighth check) */
    uint8_t on_fin_acked; /* our FIN is acknowledged (3.10.7.4, fifth check) */
    bool handshake;       /* our SYN is not acknowledged yet */
    bool takes_text;      /* 3.10.7.4, seventh check */
    bool sends_text;      /* text or FIN may be under way */
};

extern const struct tcp_state_rule tcp_states[TCP_STATE_COUNT];

static inline const struct tcp_state_rule *conn_rule(const struct conn *c)
{
    return &tcp_states[c->state];
}

#endif
