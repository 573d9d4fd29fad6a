/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/state.h"

#define NONE TCP_MOVE_NONE

const struct tcp_state_rule tcp_states[TCP_STATE_COUNT] = {
    /*                   name            on_close         on_fin              on_fin_acked
     *                   handshake, takes text, sends text */
    [TCP_CLOSED] =      {"CLOSED",       NONE,            NONE,               NONE,
                         false, false, false},
    [TCP_SYN_SENT] =    {"SYN-SENT",     TCP_MOVE_ABORT,  NONE,               NONE,
                         true,  false, false},
    /* The FIN waits for ESTABLISHED. */
    [TCP_SYN_RCVD] =    {"SYN-RECEIVED", TCP_SYN_RCVD,    NONE,               NONE,
                         true,  false, false},
    [TCP_ESTABLISHED] = {"ESTABLISHED",  TCP_FIN_WAIT_1,  TCP_CLOSE_WAIT,     NONE,
                         false, true,  true},
    /* A FIN that acknowledges ours as well has moved on to FIN-WAIT-2 before it counts. */
    [TCP_FIN_WAIT_1] =  {"FIN-WAIT-1",   NONE,            TCP_CLOSING,        TCP_FIN_WAIT_2,
                         false, true,  true},
    [TCP_FIN_WAIT_2] =  {"FIN-WAIT-2",   NONE,            TCP_MOVE_TIME_WAIT, TCP_FIN_WAIT_2,
                         false, true,  false},
    [TCP_CLOSE_WAIT] =  {"CLOSE-WAIT",   TCP_LAST_ACK,    NONE,               NONE,
                         false, false, true},
    [TCP_CLOSING] =     {"CLOSING",      NONE,            NONE,               TCP_MOVE_TIME_WAIT,
                         false, false, true},
    [TCP_LAST_ACK] =    {"LAST-ACK",     NONE,            NONE,               TCP_MOVE_END,
                         false, false, true},
    [TCP_ABORTED] =     {"ABORTED",      NONE,            NONE,               NONE,
                         false, false, false},
    [TCP_LAST_WORD] =   {"TIME-WAIT",    NONE,            NONE,               NONE,
                         false, false, false},
};
