/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two whole stacks over a virtual link, exchanging requests and replies of random sizes. Every byte
 * of both streams is a function of (connection, direction, position), so both ends check what they
 * get without storing anything. The clock is virtual; a seed repeats a run bit by bit.
 */
#ifndef TESTS_SIM_PEERS_H
#define TESTS_SIM_PEERS_H

#include "lib/cutting_wire.h"
#include "lib/virtual_link.h"
#include "stack/stack.h"

#define PEERS_CONNS_MAX 64
#define PEERS_CLIENT_PORT 20000 /* of connection 0 */
#define PEERS_SERVER_PORT 9000
#define PEERS_CLIENT      0xc6120001u /* 198.18.0.1 (RFC 2544) */
#define PEERS_SERVER      0xc6120002u
#define PEERS_PREFIX      0x2001000200000000u /* 2001:2::/64 (RFC 5180), the same hosts over IPv6 */

struct peers_config {
    struct link_config link;
    const char *fault;        /* of the fault wire, both ways; NULL: none stands */
    bool bulk;                /* instead of messages: the client sends for ever (peers_bulk) */
    bool ip6;                 /* see peers_ip6 */
    bool cuts;                /* the wire cuts text into segments (TSO), */
    bool open_sums;           /* ... and leaves checksums open */
    uint32_t conns, messages; /* messages: a connection and direction */
    uint32_t message_max;     /* bytes; sizes are spread evenly over powers of two */
    bool timestamps, sack, rack, ecn, nagle;
    uint8_t congestion; /* enum congestion_kind */
    uint8_t window_scale;
    uint32_t window, ooo_pieces, side_blocks;
    uint16_t mss; /* 0: 1460 */
    bool moody;   /* the applications pause and take parts now and then */
    /* Beside the connections that are checked; the server answers every byte of a stranger's with one,
     * and closes at a text that begins with Q. */
    uint32_t strangers; /* room for so many more */
    uint32_t half_open; /* 0: room for all */
    uint32_t paths;     /* 0: 4 */
    uint32_t time_wait_entries; /* 0: as many as connections */
    uint8_t retries;    /* 0: 30 */
    uint32_t server_conns; /* 0: as many as the client's */
    uint64_t start_ns, seed;
};

/* One connection as one end sees it. */
struct peer_conn {
    uint32_t conn;          /* CONN_NONE: not open */
    uint64_t received;      /* stream position */
    uint32_t messages_in, messages_out;
    uint64_t in_end;        /* where the message now arriving ends */
    bool opened, closed, paused;
};

struct peer {
    struct peers *all;
    struct stack stack;
    struct peer_conn conns[PEERS_CONNS_MAX];
    uint64_t count[COUNTER_COUNT], drops[DROP_COUNT];
    uint32_t closed, failed;
    uint32_t strangers_ended[TCP_EVENT_TIMEOUT + 1]; /* by event */
    uint64_t strangers_bytes;
    uint8_t strangers_text[4096]; /* the first of it */
    bool is_client;
};

struct peers {
    struct peers_config cfg;
    struct link *link;
    struct wire_port *ports[2]; /* fault wires around the link's ends; NULL: none */
    struct cutting cutting[2];
    struct wire_queue *queues[2];
    struct rng rng;
    struct peer ends[2]; /* client, server */
    uint64_t now_ns, rounds;
    void (*hook)(struct peers *p); /* called once a step; NULL: none */
    void *hook_ctx;
    uint64_t *told_ns; /* somebody else's clock, set with ours; NULL: nobody's */
    uint64_t digest; /* of everything that happened, for "the same seed, the same run" */
};

/* Whether the environment's IP is 6: so each program runs its cases with either family. */
bool peers_ip6(void);
/* PEERS_CLIENT or PEERS_SERVER as an address of the family. */
struct ip_addr peers_addr(const struct peers_config *cfg, uint32_t host);
struct peers *peers_open(const struct peers_config *cfg);
/* Runs until every connection closed and everything is given back, or virtual `limit_ns` passed.
 * Returns virtual ns from the first SYN to the last close. */
uint64_t peers_run(struct peers *p, uint64_t limit_ns);
/* The same in pieces: opens all; one step of time; whether all are closed; until nothing is left or
 * `limit_ns` passed. */
void peers_begin(struct peers *p);
void peers_step(struct peers *p);
bool peers_over(const struct peers *p);
void peers_settle(struct peers *p, uint64_t limit_ns);
/* Bytes that reached the server's application within `ns` from its connection's opening on; they
 * were what was sent. With `bulk`, one connection. */
uint64_t peers_bulk(struct peers *p, uint64_t ns);
/* Every message arrived once and whole, everything closed, nothing leaked; else ck_assert fails. */
void peers_check(const struct peers *p);
void peers_close(struct peers *p);

#endif
