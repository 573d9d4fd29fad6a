/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection: two cache lines. The hot line is what a segment of an undisturbed transfer
 * touches; the cold line holds timers, round-trip time and congestion state. What only a disturbed
 * connection needs (tcp/side.h) hangs off `side` from a bounded pool.
 *
 * Times are ticks of 1024 ns, 32 bits, wrapping (72 minutes); compare with seq_lt.
 */
#ifndef TCP_CONN_H
#define TCP_CONN_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "tcp/wheel.h"

#define CONN_NONE 0xffffffffu

/* RFC 9293 3.3.2. TIME-WAIT is an entry of its own (tcp/time_wait.h). In ABORTED and LAST_WORD
 * a reset or a last ACK waits to be sent, then the slot is free; nothing is received for it. */
enum tcp_state {
    TCP_CLOSED,
    TCP_SYN_SENT,
    TCP_SYN_RCVD,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT_1,
    TCP_FIN_WAIT_2,
    TCP_CLOSE_WAIT,
    TCP_CLOSING,
    TCP_LAST_ACK,
    TCP_ABORTED,   /* from here on: out of the flow table, one last segment to send */
    TCP_LAST_WORD, /* the ACK of the FIN that led to TIME-WAIT */
    TCP_STATE_COUNT
};

enum conn_flag {
    CONN_OUT = 1 << 0,       /* in the output list */
    CONN_ACK_NOW = 1 << 1,   /* an ACK must leave with the next output */
    CONN_ACK_LATER = 1 << 2, /* delayed ACK: delack_at holds */
    CONN_TS = 1 << 3,        /* timestamps agreed (RFC 7323) */
    CONN_FIN = 1 << 4,       /* the application closed: FIN follows snd_lim */
    CONN_RTT = 1 << 5,       /* timing rtt_seq since rtt_at (without timestamps) */
    CONN_RECOVERY = 1 << 6,  /* fast recovery (RFC 6582) */
    CONN_RESEND = 1 << 7,    /* one segment at snd_una must be sent again */
    CONN_PERSIST = 1 << 8,   /* rto_at is the zero-window probe's */
    CONN_PROBE = 1 << 9,     /* a probe must leave with the next output */
    CONN_RTO = 1 << 10,      /* rto_at holds */
    CONN_APP = 1 << 11,      /* app_at holds */
    CONN_PAUSED = 1 << 12,   /* the application wants the receive window closed */
    CONN_PASSIVE = 1 << 13,  /* opened by a SYN of the peer */
    CONN_ECN = 1 << 14,      /* congestion notification agreed (RFC 3168) */
    CONN_ECE = 1 << 15,      /* congestion was experienced: every ACK says so until the peer's CWR */
};

/* Bits of `more`: what only a slower moment asks for. */
enum conn_more {
    MORE_SACK = 1 << 0,    /* selective acknowledgement agreed (RFC 2018) */
    MORE_PTO = 1 << 1,     /* rto_at is the loss probe's (RFC 8985 7) */
    MORE_CWR = 1 << 2,     /* the window was reduced: the next new text says so (RFC 3168 6.1.2) */
    MORE_REDUCED = 1 << 3, /* reduced for congestion notified, once until `recover` is acknowledged */
    MORE_KEEP = 1 << 4,    /* rto_at is the keep-alive's: nothing is under way */
    MORE_FULL = 1 << 5,    /* a full segment's worth was acknowledged: no black hole by now */
    MORE_TS_AGE = 3 << 6,  /* when ts_recent was set, in 2^30 wheel steps (13 days) */
};

struct conn {
    /* hot */
    uint32_t path;                 /* key: path, lport, rport */
    uint16_t lport, rport;
    uint32_t snd_una, snd_nxt;     /* RFC 9293 3.3.1 */
    uint32_t snd_wnd;              /* peer's window, bytes */
    uint32_t snd_lim;              /* end of what the application queued; the FIN's number */
    uint32_t rcv_nxt;
    uint32_t rcv_acked;            /* last ACK sent */
    uint32_t rcv_adv;              /* right edge advertised; never moves left */
    union {
        uint32_t ts_recent;        /* RFC 7323 TS.Recent, with CONN_TS */
        uint32_t rtt_seq;          /* ends the round trip being timed, without */
    };
    uint32_t cwnd;                 /* bytes */
    uint32_t rto_at;
    uint32_t app;                  /* the application's own index */
    uint32_t next;                 /* link of the output list or of the free list */
    uint16_t mss;                  /* payload bytes of a full segment, options taken off */
    uint8_t state;                 /* enum tcp_state */
    uint8_t wscale;                /* low nibble: peer's shift, high: ours */
    uint16_t flags;                /* enum conn_flag */
    uint8_t dupacks;
    uint8_t backoff;               /* RTO doublings in force */
    /* cold */
    struct wheel_node timer;
    uint32_t srtt, rttvar;         /* ticks, scaled by 8 and 4 (RFC 6298 as in Jacobson 1988) */
    uint32_t rtt_at;               /* of the segment timed; with CONN_TS: when text was last sent */
    uint32_t ssthresh, recover;
    uint32_t snd_wl1;              /* sequence number of the last window update */
    uint32_t snd_max;              /* highest number ever sent, + 1 */
    uint32_t iss;
    uint32_t delack_at, app_at;
    uint32_t side;                 /* block of what only disturbance needs, or SIDE_NONE */
    uint16_t max_wnd;              /* largest window field seen (RFC 5961 5.2), unscaled */
    uint16_t unused;
    union {
        uint16_t offer_mss;        /* what our SYN says that we take (RFC 9293 3.7.1) */
        struct {                   /* from ESTABLISHED on */
            uint8_t reorder;       /* of RACK's reordering window (tcp/loss.c) */
            uint8_t quick_acks;    /* segments that are acknowledged without delay (tcp/text.c) */
        };
    };
    uint8_t retries;
    uint8_t more;                  /* enum conn_more */
};

static_assert(sizeof(struct conn) == 128, "a connection is two cache lines");
static_assert(offsetof(struct conn, timer) == 64, "the cold half starts the second line");

/* Starts loading both lines. */
static inline void conn_prefetch(const struct conn *c)
{
    __builtin_prefetch(c);
    __builtin_prefetch(&c->timer);
}

static inline uint64_t conn_key(const struct conn *c)
{
    return (uint64_t)c->path << 32 | (uint32_t)c->lport << 16 | c->rport;
}

/* Position in the sent stream of the byte numbered `seq`, modulo 2^32 as the numbers are: less than half
 * of that is ever queued or under way, so seq_lt tells of two that are which comes first. */
static inline uint32_t conn_position(const struct conn *c, uint32_t seq)
{
    return seq - c->iss - 1;
}

#endif
