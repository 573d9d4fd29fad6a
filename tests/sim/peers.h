/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two whole stacks over a virtual link, exchanging requests and replies of random sizes. Every byte
 * of both streams is a function of (connection, direction, position), so both ends check what they
 * get without storing anything. The clock is virtual; a seed repeats a run bit by bit.
 */
#ifndef TESTS_SIM_PEERS_H
#define TESTS_SIM_PEERS_H

#include "lib/virtual_link.h"
#include "stack/stack.h"

#define PEERS_CONNS_MAX 64

struct peers_config {
    struct link_config link;
    uint32_t conns, messages; /* messages: a connection and direction */
    uint32_t message_max;     /* bytes; sizes are spread evenly over powers of two */
    bool timestamps, congestion;
    uint8_t window_scale;
    uint32_t window, ooo_pieces, side_blocks;
    uint16_t mss; /* 0: 1460 */
    bool moody;   /* the applications pause and take parts now and then */
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
    bool is_client;
};

struct peers {
    struct peers_config cfg;
    struct link *link;
    struct rng rng;
    struct peer ends[2]; /* client, server */
    uint64_t now_ns, rounds;
    uint64_t digest; /* of everything that happened, for "the same seed, the same run" */
};

struct peers *peers_open(const struct peers_config *cfg);
/* Runs until every connection closed and everything is given back, or virtual `limit_ns` passed.
 * Returns virtual ns from the first SYN to the last close. */
uint64_t peers_run(struct peers *p, uint64_t limit_ns);
/* Every message arrived once and whole, everything closed, nothing leaked; else ck_assert fails. */
void peers_check(const struct peers *p);
void peers_close(struct peers *p);

#endif
