/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The responder of one worker. What it has to send lies in bounded pools until acknowledged:
 * described replies (made again from {id, length, kind}) or retained bytes (echo). An empty pool
 * closes the connection's window and is counted; connections that wait are resumed, oldest first,
 * as the pool fills again. Nothing is lost.
 */
#ifndef RUN_SERVER_H
#define RUN_SERVER_H

#include "app/app.h"
#include "stack/stack.h"

#define SERVER_NONE 0xffffffffu
#define SERVER_AHEAD (1u << 30) /* with the longest reply behind it far from 2^31, where sequence numbers
                                 * lose their order: a few requests can ask for more */

/* What has to be sent, or sent again: `what.len` bytes at `pos` of the sent stream; described, or (echo)
 * the bytes themselves behind it. In a list by index. */
struct held {
    struct app_response what;
    uint32_t pos;
    uint32_t next;
    uint32_t last;          /* the list's end, known to its head only */
    uint8_t bytes[];
};

/* Of each connection, by the engine's index: one that is idle needs no more of its own. */
struct server_conn {
    uint32_t head;           /* what is not acknowledged, in stream order */
    uint32_t wait_next : 29; /* list of those that an empty pool stopped */
    bool waiting : 1, closing : 1;
    bool ahead : 1;          /* stopped: too much of what it asked for is not sent yet */
};
static_assert(sizeof(struct server_conn) == 8, "ten million of them are 80 MB");

/* Where the last segment of a connection ended: in an entry that is not wholly acknowledged yet.
 * Connections share them. */
#define SERVER_PLACES 256
struct server_place {
    uint32_t conn, entry;
    uint32_t end; /* of the entry, in the stream */
};

struct server_config {
    const struct app_server *proto;
    const struct app_ctx *app;
    uint32_t conns;          /* as the engine's */
    uint32_t pending;        /* described replies or chunks */
    uint32_t chunk_bytes;    /* that a chunk retains (echo); 0: replies are described */
    uint32_t parses;         /* requests that may be in progress at once; 0: nothing is parsed */
    uint32_t ahead_bytes;    /* not acknowledged yet, and no request of that connection is taken; 0:
                              * SERVER_AHEAD */
    bool close_first;        /* close after each reply (short lives, closed by the server) */
};

/* What the responder tells when it ends. */
struct server_totals {
    uint64_t requests, replies, bytes_in, bytes_out;
};

struct server {
    struct server_config cfg;
    struct stack *stack;
    struct server_conn *conns;
    uint32_t *parse_of;      /* by connection: request in progress, SERVER_NONE: between requests */
    uint8_t *pending;
    uint32_t held_bytes;     /* of one of these */
    struct app_parse *parses;
    uint32_t pending_free, parse_free;
    uint32_t pending_left;   /* entries free */
    uint32_t wait_head, wait_tail;
    struct server_totals totals;
    struct server_place places[SERVER_PLACES];
};

/* Bytes reserved, by pool. */
struct server_memory {
    uint64_t conns, parses, pending;
};
void server_memory_of(const struct server_config *cfg, struct server_memory *out);

/* Payload of a chunk for messages of at most `payload` bytes; longer ones take several. */
#define SERVER_CHUNK_MOST 1056u
uint32_t server_chunk_bytes(uint32_t payload);

int server_init(struct server *s, const struct server_config *cfg, struct stack *stack,
                struct err *e);
void server_fini(struct server *s);

extern const struct tcp_ops server_tcp_ops; /* ctx: struct server */
uint64_t server_fill(void *server, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len);
/* Once a round: connections that an empty pool stopped go on when there is room. */
void server_resume(struct server *s);

#endif
