/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A tape: what went into one worker's stack and what came out of it, record behind record, each
 * with its time. The layout in memory is the layout in the file (docs/REPLAY.md), little-endian.
 *
 * A record without a connection (what arrives, what is answered at once) belongs to the connection
 * whose addresses and ports its frame has.
 */
#ifndef FLIGHT_TAPE_H
#define FLIGHT_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "tcp/tcp.h"

#define TAPE_SPANS 8

/* Numbers are in files: append only. */
enum tape_kind {
    TAPE_RX = 1, /* a frame arrived */
    TAPE_TX,     /* a frame left */
    TAPE_DRY,    /* the connection was asked, and had nothing more to send */
    TAPE_TIMER,  /* its deadlines were looked at */
    TAPE_OPEN,   /* struct tape_open: the application's calls */
    TAPE_SEND,   /* uint32_t bytes */
    TAPE_CLOSE,
    TAPE_ABORT,
    TAPE_PAUSE,
    TAPE_RESUME,
    TAPE_TOOK,   /* uint32_t: its callback took only so many bytes */
    TAPE_STATE,  /* struct tape_state: where the connection stands here */
    TAPE_KINDS
};

#define TAPE_INSIDE 0x80 /* of kind: within a callback of the engine, `callback` is its number */

struct tape_record {
    uint64_t at_ns;
    uint32_t conn;    /* the engine's index, or CONN_NONE */
    uint16_t bytes;   /* behind this head; the next record begins at a multiple of 8 */
    uint8_t kind;     /* enum tape_kind */
    uint8_t callback; /* callbacks so far, modulo 256 */
};

/* A connection as the network sees it. */
struct tape_tuple {
    struct ip_addr local, remote;
    uint16_t lport, rport;
    uint32_t unused;
};

struct tape_open {
    struct tape_tuple tuple;
    uint32_t iss;
    uint16_t mss, unused;
};

struct tape_state {
    struct tape_tuple tuple;
    struct tcp_saved saved; /* as this build lays it out: see flight_layout */
};

static_assert(sizeof(struct tape_record) == 16, "as in the file");
static_assert(sizeof(struct tape_tuple) == 40, "as in the file");
static_assert(sizeof(struct tape_open) == 48, "as in the file");

/* Stretches of whole records, oldest first; the bytes stay the owner's. */
struct tape {
    const uint8_t *spans[TAPE_SPANS];
    size_t bytes[TAPE_SPANS];
    uint32_t count;
};

struct tape_cursor {
    const struct tape *tape;
    uint32_t span;
    size_t at;
    uint32_t number; /* of the record that tape_next gave last, from 1 */
};

const char *tape_kind_name(enum tape_kind kind);

static inline struct tape_cursor tape_start(const struct tape *t)
{
    return (struct tape_cursor){.tape = t};
}

static inline enum tape_kind tape_kind_of(const struct tape_record *r)
{
    return (enum tape_kind)(r->kind & ~TAPE_INSIDE);
}

static inline const void *tape_body(const struct tape_record *r)
{
    return r + 1;
}

static inline size_t tape_record_size(size_t bytes)
{
    return sizeof(struct tape_record) + ((bytes + 7) & ~(size_t)7);
}

/* NULL at the end. The tape is one that tape_check found good, or one in the making. */
const struct tape_record *tape_next(struct tape_cursor *c);

/* Whether foreign bytes are records, each whole and with what its kind asks for, of the layout of
 * this build; *bad: where the first that is not begins. */
bool tape_check(const struct tape *t, size_t *bad);

/* Addresses and ports of a frame that the stack received (or sent); false: no TCP in it. */
bool tape_tuple_of(const struct tape_record *r, struct tape_tuple *out);
bool tape_tuple_equal(const struct tape_tuple *a, const struct tape_tuple *b);

/* One connection's part of a tape. */
struct tape_part {
    struct tape_tuple tuple;
    uint32_t conn;  /* CONN_NONE: no record of it but frames that arrived */
    uint32_t from;  /* number of its first record that counts; 0: where it stood is not known */
    uint32_t until; /* from this number on its slot is another's; 0: to the end */
    bool opened;    /* from its birth; else from a TAPE_STATE */
};

/* Finds where the part of a connection begins: the last life of the tuple, as far back as the tape
 * knows its state. */
struct tape_part tape_find(const struct tape *t, const struct tape_tuple *tuple);
/* Whether a record is of it; ask for each in turn. */
bool tape_has(const struct tape_part *p, const struct tape_record *r, uint32_t number);
/* The connection that was at work last; false: none. */
bool tape_last(const struct tape *t, struct tape_tuple *out);

#endif
