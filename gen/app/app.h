/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Application protocols: byte streams only. An app knows neither TCP nor time; it makes the bytes
 * of a message again at any offset (so that a retransmission needs no copy) and parses the other
 * side's bytes piece by piece with a few bytes of state.
 *
 * A protocol is one file with two const tables (client, server) and one line in app/protos.h.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/measure.h"

struct err;

/* One message, client to server; everything that its bytes are a function of, with app_ctx. */
struct app_message {
    uint64_t id;        /* increasing on a connection's worker; unique among outstanding ones */
    uint32_t len;       /* bytes of the request on the stream */
    uint32_t reply_len; /* bytes of the reply expected; 0: none (discard) */
    uint32_t conn;      /* the connection's number, for content that depends on it */
    uint32_t replies;   /* reply messages of reply_len each that are asked for; 0: one */
    uint32_t start;     /* the protocol's own: see `begin` */
};

/* Constant for a worker. `pattern` is APP_PATTERN bytes made from the seed by app_ctx_init:
 * text (printable ASCII without quote and backslash) or binary. */
#define APP_PATTERN (64u << 10)
#define APP_PAYLOAD_MAX (128u << 20) /* payload_max unless the caller sets another */
struct app_ctx {
    uint64_t seed;
    bool binary;
    uint32_t payload_max;  /* server: longest request taken and reply made; beyond it: bad */
    uint8_t *pattern;      /* APP_PATTERN bytes and the same again, see app/pattern.h */
    uint8_t *text;         /* line: the same shape, text that no seed changes */
};
int app_ctx_init(struct app_ctx *c, uint64_t seed, bool binary, struct err *e);
void app_ctx_fini(struct app_ctx *c);

/* Parse state of one message in progress; zero at the start of each. */
struct app_parse {
    uint64_t id;
    uint32_t off;       /* bytes of the message taken so far */
    uint32_t value;     /* the protocol's own */
    uint8_t step, bad, reserved[2];
    uint32_t value2, value3, unused;
};

struct app_reply {      /* a whole reply, seen by the client */
    uint64_t id;
    uint32_t len;
    enum result result; /* RESULT_OK, RESULT_BAD_REPLY, RESULT_SERVER_ERROR */
};

struct app_client {
    const char *name;
    bool match_by_id;   /* else replies come in the order of the requests */
    bool text_only;     /* cannot carry binary content */
    uint32_t min_len, min_reply; /* smallest message and reply (line: its envelope with the longest
                                  * id and the member that asks for another reply length) */
    uint32_t min_stream;          /* ... and for several replies; 0: there is only one */
    /* Once, when all else of a message is known: where in the pattern it begins, which is on its way from
     * memory from then on. NULL: nothing to be found out. */
    void (*begin)(const struct app_ctx *c, struct app_message *m);
    /* Writes bytes [off, off + len) of message m to buf; returns their csum_add partial sum (as if
     * buf began at an even offset). off + len <= m->len. */
    uint64_t (*fill)(const struct app_ctx *c, const struct app_message *m, uint32_t off,
                     uint8_t *buf, uint32_t len);
    /* Takes reply bytes up to the end of one reply message; returns how many. `oldest` is the oldest
     * outstanding message, NULL when there is none (order protocols check against it). *done set
     * when `out` is whole. On malformed data: done with RESULT_BAD_REPLY (RESULT_WRONG_ID when
     * it carries another id than the oldest's) and st->bad; the stream is then not usable any more. With match_by_id the caller finds the message by out->id (unknown:
     * RESULT_WRONG_ID) and compares out->len with its reply_len, unless it is `oldest`: that one
     * is compared here. An error reply without an id is told as an answer to `oldest`. */
    uint32_t (*rx)(const struct app_ctx *c, struct app_parse *st, const struct app_message *oldest,
                   const uint8_t *data, uint32_t len, struct app_reply *out, bool *done);
};

enum app_answer {
    APP_ANSWER_NONE,      /* one way: no reply (discard) */
    APP_ANSWER_DESCRIBED, /* made again by `fill` from an app_response */
    APP_ANSWER_RETAINED,  /* the request's own bytes, kept by the caller until acknowledged (echo) */
};

struct app_response {   /* a reply as the server describes it */
    uint64_t id;
    uint32_t len;       /* of all its messages */
    uint32_t kind;      /* the protocol's own: 0 = the normal reply */
};

struct app_server {
    const char *name;
    enum app_answer answer;
    /* Takes request bytes up to the end of one request; returns how many. *done: out is whole.
     * RETAINED and NONE protocols take everything and set *done on each call that took bytes
     * (message boundaries are the client's business). A malformed request: done with
     * out->kind = the protocol's error reply and st->bad set when the connection is to be closed
     * after it. */
    uint32_t (*rx)(const struct app_ctx *c, struct app_parse *st, const uint8_t *data, uint32_t len,
                   struct app_response *out, bool *done);
    /* DESCRIBED only: bytes [off, off + len) of the reply; returns the csum partial sum. */
    uint64_t (*fill)(const struct app_ctx *c, const struct app_response *r, uint32_t off,
                     uint8_t *buf, uint32_t len);
};

struct app_proto {
    const char *name, *meaning;
    const struct app_client *client; /* NULL while `later` is not */
    const struct app_server *server;
    const char *later;               /* NULL, or what brings it: listed and refused by name */
};

extern const struct app_proto app_protos[];
extern const uint32_t app_proto_count;
const struct app_proto *app_proto_find(const char *name); /* NULL: no such protocol */

#endif
