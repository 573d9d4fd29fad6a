/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TCP engine of one worker: RFC 9293 with RFC 6298, 5681, 6582, 5961, 7323, 2018, 6675, 8985. No I/O, no clock,
 * no allocation after tcp_init: it is handed parsed segments and the time, calls the application
 * with bytes and events, and says, asked, which segment a connection sends next.
 *
 * Round of the owner:  tcp_now -> tcp_rx for each segment -> tcp_timers -> tcp_next_out /
 * tcp_output until dry (the owner builds frames; payload comes from its own fill).
 *
 * The application's callbacks may call every function here, also for the connection at hand;
 * after tcp_abort or a final event its index means nothing any more.
 */
#ifndef TCP_TCP_H
#define TCP_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/measure.h"
#include "net/pkt.h"
#include "tcp/congestion.h"
#include "tcp/conn.h"
#include "tcp/flow.h"
#include "tcp/ooo.h"
#include "tcp/side.h"
#include "tcp/time_wait.h"
#include "tcp/wheel.h"

struct err;

#define TCP_TICK_SHIFT 10 /* a tick is 2^10 ns */
#define TCP_STEP_SHIFT 20 /* a wheel step is 2^20 ns */
#define TCP_NO_PATH    0xffffffffu

static inline uint32_t tcp_ticks(uint64_t ns)
{
    return (uint32_t)(ns >> TCP_TICK_SHIFT);
}

enum tcp_event {
    TCP_EVENT_OPEN,        /* ESTABLISHED */
    TCP_EVENT_PEER_CLOSED, /* FIN received: no more data will come */
    /* final: the index is free afterwards */
    TCP_EVENT_CLOSED,  /* both directions closed and acknowledged */
    TCP_EVENT_RESET,   /* RST received */
    TCP_EVENT_REFUSED, /* RST in answer to our SYN */
    TCP_EVENT_TIMEOUT, /* retransmissions exhausted */
};

struct tcp_ops {
    void (*event)(void *ctx, uint32_t conn, enum tcp_event event);
    /* In-order bytes, lent for the call. Returns how many were taken; the rest comes again when
     * the peer sends it again (the window closes meanwhile; see tcp_pause). */
    uint32_t (*data)(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len);
    /* All bytes below stream position `pos` are acknowledged. NULL: not wanted. */
    void (*acked)(void *ctx, uint32_t conn, uint32_t pos);
    void (*timer)(void *ctx, uint32_t conn); /* tcp_timer_set's time has come */
};

/* What the application asks of a connection, for those who record it. */
enum tcp_call {
    TCP_CALL_OPEN, /* told when it is done; `arg`: 0 */
    TCP_CALL_SEND, /* the others: told before; `arg`: bytes */
    TCP_CALL_CLOSE,
    TCP_CALL_ABORT,
    TCP_CALL_PAUSE,
    TCP_CALL_RESUME,
};

/* Somebody who looks on: told, never asked. */
struct tcp_watch {
    void (*call)(void *ctx, uint32_t conn, enum tcp_call call, uint32_t arg);
    void (*timer)(void *ctx, uint32_t conn); /* its deadlines are looked at next */
    void *ctx;
};

struct tcp_config {
    uint32_t conns;             /* connections at once */
    uint32_t time_wait_entries;
    uint32_t ooo_pieces;        /* out-of-order pieces, each up to piece_bytes */
    uint32_t piece_bytes;
    uint32_t side_blocks;       /* of 128 bytes: what disturbed connections need (tcp/side.h) */
    uint32_t half_open;         /* passive opens in SYN-RECEIVED at most */
    uint32_t window;            /* receive window, bytes */
    uint8_t window_scale;       /* offered shift, 0..14 */
    bool timestamps, delayed_ack;
    bool sack;                  /* offered and accepted (RFC 2018) */
    bool rack;                  /* with SACK: losses are found by time, tails probed (RFC 8985) */
    uint8_t congestion;         /* enum congestion_kind; with NONE loss recovery stays */
    bool ecn;                   /* offered and accepted (RFC 3168) */
    bool nagle;                 /* small segments wait for the ACK of what is under way */
    uint32_t rto_min_tk, rto_max_tk, rto_initial_tk, delack_tk, time_wait_tk;
    uint32_t init_cwnd;         /* segments */
    uint16_t mss_min;           /* of the least path MTU: where black holes lead (RFC 4821); 0: none do */
    uint8_t retries, syn_retries;
    /* Silence before a probe, at most 2^31 ticks, 0: none are sent; time between them; how many
     * stay without answer before the connection is given up (RFC 9293 3.8.4). */
    uint32_t keepalive_tk, keepalive_interval_tk;
    uint8_t keepalive_probes;
    uint32_t *path_uses;        /* the owner's: connections and TIME-WAIT entries by path; NULL: not wanted */
    uint64_t secret;            /* the keys of ISS (RFC 6528), timestamp offset and flow hash */
};

/* The last answer to a segment that carried nothing, and how many there were since `step`. */
struct tcp_answer {
    uint32_t conn, step, count;
};

#define TCP_ANSWERS    1024 /* connections share them, index modulo so many */
#define TCP_LISTEN_MAX PORT_RANGES_MAX

struct tcp {
    struct conn *conns;
    struct flow_table flows;
    struct wheel wheel;
    struct time_wait_pool time_wait;
    struct ooo_pool ooo;
    struct side_pool sides;
    uint32_t calm_tk;           /* round trips and deviations below it make the time-out the least one */
    uint32_t now_tk, now_step;  /* ticks; wheel steps, also the timestamp clock */
    uint32_t free, free_count;
    uint32_t out_head, out_tail; /* output list, first in first out */
    uint32_t out_count;         /* of those in it */
    uint32_t busy;              /* connection whose segment is being processed */
    bool busy_freed;
    uint32_t half_open;
    uint32_t doubted;           /* a path where a time-out was not the first; its owner sets TCP_NO_PATH */
    uint32_t challenge_left, challenge_second; /* RFC 5961 7: throttle */
    uint64_t iss_key[2];        /* RFC 6528 */
    struct conn fresh;          /* what a connection is copied from: a constant would be put together by a
                                 * string instruction, which takes longer than all the rest of its birth */
    struct tcp_answer answers[TCP_ANSWERS];
    struct port_range listen[TCP_LISTEN_MAX];
    uint32_t listen_count;
    uint64_t *count;            /* COUNTER_COUNT counters of the current interval */
    const struct tcp_ops *ops;
    void *ctx;
    const struct tcp_watch *watch; /* NULL: nobody; set after tcp_init */
    struct tcp_config cfg;
};

/* Reserves everything. `count` may be swapped later by assigning t->count. */
int tcp_init(struct tcp *t, const struct tcp_config *cfg, const struct tcp_ops *ops, void *ctx,
             uint64_t *count, uint64_t now_ns, struct err *e);
void tcp_fini(struct tcp *t);
/* Bytes reserved, by pool, for the memory figures. */
struct tcp_memory {
    uint64_t conns, flows, time_wait, ooo, sides;
};
/* Of what tcp_init reserves for `cfg`, and has reserved for `t`. */
void tcp_memory_of(const struct tcp_config *cfg, struct tcp_memory *out);
void tcp_memory(const struct tcp *t, struct tcp_memory *out);

static inline void tcp_now(struct tcp *t, uint64_t now_ns)
{
    t->now_tk = tcp_ticks(now_ns);
    t->now_step = (uint32_t)(now_ns >> TCP_STEP_SHIFT);
}

/* --- receiving ------------------------------------------------------------------------------ */

/* For which the path's number stands with its addresses. */
static inline uint32_t tcp_hash(const struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport)
{
    return net_flow_hash(t->cfg.secret, path, lport, rport);
}

/* Starts loading the connection that most likely has this hash. */
static inline void tcp_prefetch(const struct tcp *t, uint32_t hash)
{
    uint32_t index = t->flows.entries[hash & t->flows.mask].index;
    if (index < FLOW_TIME_WAIT)
        conn_prefetch(&t->conns[index]);
}

/* One segment that came along `path`. `hash` is tcp_hash of it. `mss`: of the path, for a passive
 * open. Returns 0 or -DROP_x. When answer->flags is set afterwards, that segment must go straight
 * back to the sender (resets and TIME-WAIT answers, which have no connection). */
int tcp_rx(struct tcp *t, uint32_t path, uint16_t mss, uint32_t hash, const struct pkt_tcp *p,
           struct net_seg *answer);
/* A segment of no connection (RFC 9293 3.10.7.1, 3.10.7.2). 0: it opens one, at a listener; else
 * -DROP_x, the answer as for tcp_rx. */
int tcp_stranger(struct tcp *t, const struct pkt_tcp *p, struct net_seg *answer);
/* The connection of a segment that an ICMP error quotes, with that number under way (RFC 5927 4.1);
 * CONN_NONE: none. */
uint32_t tcp_quoted(const struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport, uint32_t seq);
/* Segments of the connection's path have at most `mss` bytes, options counted: what is longer and
 * under way leaves again in that size. Never raises. */
void tcp_path_mss(struct tcp *t, uint32_t conn, uint16_t mss);
/* Fires due timers, at most `budget`. */
uint32_t tcp_timers(struct tcp *t, uint64_t now_ns, uint32_t budget);

/* --- sending -------------------------------------------------------------------------------- */

struct tcp_seg {
    struct net_seg h;
    uint32_t conn, path;
    uint32_t pos;  /* stream position of the payload */
    uint32_t len;  /* payload bytes, 0: none */
    bool last;     /* tcp_output would say now that there is no more */
};

/* Takes the next connection off the output list; CONN_NONE: none waits. */
uint32_t tcp_next_out(struct tcp *t);
/* The next segment of a connection taken off the list; false: nothing more to send now. */
bool tcp_output(struct tcp *t, uint32_t conn, struct tcp_seg *out);
/* The same for a wire that cuts text into segments (TSO): where nothing disturbs the connection, as many
 * full segments as may leave now and the end of the text behind them, at most `segments` (1 or more) and
 * `bytes`, as one. Each counts, is timed and moves the windows as if it left alone, so that nothing else
 * knows. The first conn.mss bytes of it are the first segment, and so on. */
bool tcp_output_long(struct tcp *t, uint32_t conn, uint32_t segments, uint32_t bytes, struct tcp_seg *out);
/* Puts a connection back that still has segments (frames ran out). */
void tcp_more_out(struct tcp *t, uint32_t conn);

/* --- the application's calls ---------------------------------------------------------------- */

static inline struct conn *tcp_conn(const struct tcp *t, uint32_t conn)
{
    return &t->conns[conn];
}

/* Sends SYN. CONN_NONE: the pool is empty or the tuple is in use (TIME-WAIT not reusable). */
uint32_t tcp_open(struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport, uint16_t mss,
                  uint32_t app);
bool tcp_tuple_free(const struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport);
int tcp_listen(struct tcp *t, uint16_t port); /* -ENOSPC beyond TCP_LISTEN_MAX */
int tcp_listen_range(struct tcp *t, struct port_range ports);
bool tcp_listens(const struct tcp *t, uint16_t port);
/* `len` more bytes stand ready behind the stream's end. */
void tcp_send(struct tcp *t, uint32_t conn, uint32_t len);
/* Bytes queued and not yet acknowledged. */
static inline uint32_t tcp_unacked(const struct conn *c)
{
    return c->snd_lim - c->snd_una;
}
/* Stream position behind the last byte queued. */
static inline uint32_t tcp_end(const struct conn *c)
{
    return conn_position(c, c->snd_lim);
}
void tcp_close(struct tcp *t, uint32_t conn);  /* FIN behind what is queued */
void tcp_abort(struct tcp *t, uint32_t conn);  /* RST, no event follows */
void tcp_pause(struct tcp *t, uint32_t conn);  /* close the receive window */
void tcp_resume(struct tcp *t, uint32_t conn);
void tcp_timer_set(struct tcp *t, uint32_t conn, uint32_t at_tk);
void tcp_timer_clear(struct tcp *t, uint32_t conn);

/* Where a connection stands, without the engine around it; for replays. */
struct tcp_saved {
    struct conn conn;
    struct side side; /* with conn.side, else zero */
};
/* False: it is closed, or more hangs off it than is here (text out of order). */
bool tcp_save(const struct tcp *t, uint32_t conn, struct tcp_saved *out);
/* A connection as another engine with the same configuration left it: in a state from SYN-SENT to
 * LAST-ACK, its tuple not in use here. CONN_NONE: it is none of that, or no block is free. */
uint32_t tcp_adopt(struct tcp *t, const struct tcp_saved *saved, uint32_t path);
/* Its stream begins at another number; before its SYN was sent. */
void tcp_renumber(struct tcp *t, uint32_t conn, uint32_t iss);

/* Connections not CLOSED. */
static inline uint32_t tcp_in_use(const struct tcp *t)
{
    return t->cfg.conns - t->free_count;
}
const char *tcp_state_name(enum tcp_state s);
/* Asserts every pool, list and link; for tests. */
void tcp_validate(const struct tcp *t);

#endif
