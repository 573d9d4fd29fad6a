/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One core's glue: a wire queue, the parser, neighbours and paths, the TCP engine, and frames out
 * of its segments. Used by one worker thread only; told the time by it.
 *
 * A round:  stack_poll -> stack_input for each sub-batch -> stack_poll_done -> tcp_timers ->
 *           stack_output until dry -> stack_flush
 */
#ifndef STACK_STACK_H
#define STACK_STACK_H

#include "base/addr.h"
#include "base/drop.h"
#include "net/pkt.h"
#include "stack/neigh.h"
#include "tcp/tcp.h"
#include "wire/wire.h"

#define STACK_BATCH_MAX 256
#define STACK_LOCAL_MAX IP_RANGES_MAX
#define PATH_NONE       0xffffffffu
#define PATHS_NEAR      64

/* Local and remote address: what all connections between two hosts share. */
struct path {
    struct net_template head;
    struct ip_addr local, remote;
    uint32_t neigh;  /* of the next hop; NEIGH_NONE: learned from an arriving SYN */
    uint16_t mss;    /* payload of a full segment without options, from the path's MTU */
    bool kept;       /* asked for by stack_path: never given to another pair of addresses */
    uint64_t mtu_due_ns; /* when it has the link's again; 0: it has */
};

struct stack_config {
    struct tcp_config tcp;
    struct ip_range local[STACK_LOCAL_MAX]; /* addresses that are ours */
    uint32_t local_count;
    struct ip_addr gateway; /* next hop for everything; zero: all on link */
    struct net_vlan vlan;   /* of all frames sent; those received must have the same */
    uint32_t flow_label;    /* IPv6; 0: of each connection's tuple (RFC 6437) */
    uint32_t paths;         /* at most */
    uint32_t neighbours;    /* next hops, at most; 0: NEIGH_DEFAULT */
    const struct neigh_known *known; /* next hops that are not asked for; read by stack_init */
    uint32_t known_count;
    uint16_t mtu, mss;      /* mss 0: from the MTU */
    uint8_t dscp;           /* of all that connections send (RFC 2474) */
    uint32_t batch;         /* frames a wire call */
};

/* Somebody who looks on: told, never asked. Frames are theirs for the call. */
struct stack_watch {
    void (*rx)(void *ctx, const struct frame *f);  /* a TCP segment, before the engine sees it */
    void (*tx)(void *ctx, uint32_t conn, const struct frame *f); /* built; CONN_NONE: an answer */
    void (*dry)(void *ctx, uint32_t conn); /* asked, and has nothing more to send */
    void *ctx;
};

/* Writes payload [pos, pos + len) of a connection's sent stream; returns its csum partial sum. */
typedef uint64_t stack_fill(void *ctx, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len);

struct stack {
    struct tcp tcp;
    struct wire_queue *queue;
    stack_fill *fill;
    void *fill_ctx;
    bool device_sums;        /* the wire completes checksums of TCP */
    uint32_t long_text;      /* ... and cuts so much text of one frame into segments; 0: none */
    struct frame long_frame; /* the next such frame; no data: none is lent */
    uint64_t *count, *drops; /* of the current interval; see stack_count_into */
    const struct stack_watch *watch; /* NULL: nobody; set after stack_init */

    struct path *paths;
    uint32_t *path_uses;     /* connections and TIME-WAIT entries of each */
    uint32_t *path_table;    /* open addressing by addresses */
    uint32_t path_mask, path_count;
    uint32_t path_near[PATHS_NEAR]; /* by what addresses end in: the one asked for last */
    uint32_t path_hand;      /* where the search for one that nobody uses goes on */
    uint32_t path_reclaims;  /* paths given a next life */
    struct neigh_table neigh;
    uint64_t now_ns;         /* of what is processed */
    uint64_t mtu_due_ns;     /* the first of all paths'; 0: none is lowered */

    struct frame rx[STACK_BATCH_MAX];
    uint32_t rx_count;
    struct frame tx[STACK_BATCH_MAX]; /* lent by the wire: [0, tx_ready) built, then empty ones */
    uint32_t tx_ready, tx_count;
    struct stack_config cfg;
};

/* Reserves everything; the queue stays the caller's. */
int stack_init(struct stack *s, const struct stack_config *cfg, struct wire_queue *queue,
               const struct tcp_ops *ops, stack_fill *fill, void *ctx, uint64_t *count,
               uint64_t *drops, uint64_t now_ns, struct err *e);
void stack_fini(struct stack *s);
/* Bytes that are reserved for paths and neighbours. */
uint64_t stack_path_memory(const struct stack_config *cfg);
/* From now on counters go here (a new interval). */
void stack_count_into(struct stack *s, uint64_t *count, uint64_t *drops);

/* The path to a remote address, made when it is new; a neighbour that had failed is asked anew.
 * PATH_NONE: the pool, or the table of neighbours, is full. */
uint32_t stack_path(struct stack *s, struct ip_addr local, struct ip_addr remote, uint64_t now_ns);
/* NEIGH_READY, NEIGH_WAIT (asked, no answer yet) or NEIGH_FAILED (nobody answers). */
enum neigh_state stack_path_state(const struct stack *s, uint32_t path);

/* Takes frames from the wire; returns how many wait in s->rx. */
uint32_t stack_poll(struct stack *s);
/* Processes s->rx[from, from + n) at time now_ns. */
void stack_input(struct stack *s, uint32_t from, uint32_t n, uint64_t now_ns);
void stack_poll_done(struct stack *s);
/* What is due: path MTUs to be tried anew, questions to neighbours (ARP, neighbour solicitations), also
 * to those that time-outs cast doubt on. */
void stack_timers(struct stack *s, uint64_t now_ns);
/* Builds and hands over frames of at most `budget` segments; returns how many. Connections that still want to
 * send stay on the output list. */
uint32_t stack_output(struct stack *s, uint32_t budget);
void stack_flush(struct stack *s);
/* Whether a connection waits for its turn, or a frame that is built for the wire to take it. */
bool stack_unsent(const struct stack *s);
bool stack_is_local(const struct stack *s, struct ip_addr a);

#endif
