/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of tcp_rows share: the state of a script that is being played. */
#ifndef TESTS_LIB_TCP_ROWS_INTERNAL_H
#define TESTS_LIB_TCP_ROWS_INTERNAL_H

#include <stdio.h>
#include <string.h>

#include "tcp/seq.h"
#include "tcp_frames.h"
#include "tcp_rows.h"

#define MS         1000000ull
#define LPORT      4000
#define RPORT      5000
#define PEERS      4
#define QUEUE      256
#define PATH       3
#define ANY        INT64_MAX
#define TEXT_BYTES 70000
#define LONG_BYTES 65000 /* of text, in one frame of the wire */
#define WINDOW     65408 /* a multiple of 128: scale 7 can say it */

struct peer {
    uint32_t iss, nxt; /* nxt: relative */
    uint32_t our_iss, our_nxt;
    uint32_t conn;
    bool numbered; /* our_iss is known */
    uint32_t ts_val_seen;
    uint64_t delivered; /* stream position of what the engine delivered */
    uint8_t scale;      /* ours, as the engine agreed */
};

struct rows {
    struct tcp t;
    struct tcp_config cfg;
    struct rows_mode mode;
    bool started, listening, held;
    uint64_t now_ns;
    uint64_t count[COUNTER_COUNT];
    struct peer peers[PEERS];
    uint32_t at; /* current peer */
    int64_t syn_mss, syn_ws, syn_ts, syn_sack;
    struct tcp_seg sent[QUEUE];
    uint32_t sent_head, sent_tail;
    enum tcp_event events[QUEUE];
    uint32_t event_head, event_tail;
    uint32_t take, data, drop;
    uint32_t segments; /* that it may send as one; 0: each alone */
    uint64_t acked;
    char on[6][32]; /* by enum hook */
    const char *row;
    uint8_t text[TEXT_BYTES];
    uint8_t frame[FRAME_BYTES];
    uint32_t frames; /* so far, in modes with frames */
};

#define FAIL(r, ...)                                                                               \
    do {                                                                                           \
        fprintf(stderr, "row '%s' (ip %d ts %d scale %u mss %u sack %d): ", (r)->row,              \
                (r)->mode.ip, (r)->mode.ts, (r)->mode.scale, (r)->mode.mss, (r)->mode.sack);       \
        ck_abort_msg(__VA_ARGS__);                                                                 \
    } while (0)

static inline struct peer *peer(struct rows *r)
{
    return &r->peers[r->at];
}

static inline bool starts(const char *row, const char *word)
{
    return !strncmp(row, word, strlen(word));
}

static inline void rows_number_from(struct peer *p, uint32_t iss)
{
    p->our_iss = iss;
    p->our_nxt = 0;
    p->numbered = true;
}

/* The peer's timestamp clock: milliseconds, about to wrap. */
static inline uint32_t rows_ts_clock(const struct rows *r)
{
    return (uint32_t)(r->now_ns / MS) + 0xfffff000u;
}

/* tcp_rows_read.c: what stands in a row */
/* "2m+5-1"; m: a full segment. ANY: "*". */
int64_t rows_number(const struct rows *r, const char *text);
/* The value of "name=" among the row's fields. */
int64_t rows_field(const struct rows *r, const char *name, int64_t otherwise);
/* "1:2m+1,7:9" behind " sack=", numbers from `base` on. Returns how many. */
uint32_t rows_sack_blocks(const struct rows *r, uint32_t base, struct sack_block *out);
uint8_t rows_flags(const char *letters);
struct tcp_config rows_config(const struct rows_mode *m);
void rows_cfg(struct rows *r);       /* the row "cfg" */
void rows_peer_says(struct rows *r); /* the row "peer" */

/* tcp_rows_expect.c: holds what happened against the row; false: it expects nothing. */
bool rows_expect(struct rows *r, const char *row);
const char *rows_event_name(enum tcp_event event);

#endif
