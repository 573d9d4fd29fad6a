/* SPDX-License-Identifier: BSD-3-Clause */
/* Feeds a stream to a client or a server in pieces and tells what came of it. */
#ifndef TESTS_UNIT_APP_DRIVE_H
#define TESTS_UNIT_APP_DRIVE_H

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/csum.h"
#include "base/rng.h"
#include "tests/lib/check_main.h"

/* How a stream is cut: at one place, into random pieces, or not at all. */
struct cuts {
    uint32_t at;     /* 0: no single cut */
    struct rng *rng; /* NULL: none at random */
};

static inline uint32_t cut_next(const struct cuts *cuts, uint32_t off, uint32_t len)
{
    uint32_t left = len - off;
    if (cuts->rng)
        return 1 + (uint32_t)rng_below(cuts->rng, left < 40 ? left : 40);
    return cuts->at > off && cuts->at < len ? cuts->at - off : left;
}

/* Each piece lies at the end of its own allocation, so that a sanitizer sees a read beyond it. */
static inline uint8_t *piece_copy(const uint8_t *data, uint32_t len)
{
    uint8_t *copy = malloc(len);
    if (!copy)
        abort();
    memcpy(copy, data, len);
    return copy;
}

/* Bytes taken until done (or all of them). */
static inline uint32_t drive_client(const struct app_client *client, const struct app_ctx *c,
                                    const struct app_message *oldest, const uint8_t *data,
                                    uint32_t len, const struct cuts *cuts, struct app_reply *out,
                                    bool *done)
{
    struct app_parse st = {0};
    uint32_t off = 0;
    *done = false;
    while (off < len && !*done) {
        uint32_t n = cut_next(cuts, off, len);
        uint8_t *piece = piece_copy(data + off, n);
        uint32_t taken = client->rx(c, &st, oldest, piece, n, out, done);
        free(piece);
        if (taken > n || (!*done && taken != n)) /* a plain if: these loops are long */
            ck_abort_msg("took %u of %u bytes at %u", taken, n, off);
        off += taken;
    }
    return off;
}

static inline uint32_t drive_server(const struct app_server *server, const struct app_ctx *c,
                                    const uint8_t *data, uint32_t len, const struct cuts *cuts,
                                    struct app_response *out, bool *done, bool *bad)
{
    struct app_parse st = {0};
    uint32_t off = 0;
    *done = false;
    while (off < len && !*done) {
        uint32_t n = cut_next(cuts, off, len);
        uint8_t *piece = piece_copy(data + off, n);
        uint32_t taken = server->rx(c, &st, piece, n, out, done);
        free(piece);
        if (taken > n || (!*done && taken != n)) /* a plain if: these loops are long */
            ck_abort_msg("took %u of %u bytes at %u", taken, n, off);
        off += taken;
    }
    *bad = st.bad;
    return off;
}

/* The whole message in a fresh buffer. */
static inline uint8_t *make_request(const struct app_client *client, const struct app_ctx *c,
                                    const struct app_message *m)
{
    uint8_t *buf = malloc(m->len);
    if (!buf)
        abort();
    client->fill(c, m, 0, buf, m->len);
    return buf;
}

static inline uint8_t *make_response(const struct app_server *server, const struct app_ctx *c,
                                     const struct app_response *r)
{
    uint8_t *buf = malloc(r->len);
    if (!buf)
        abort();
    server->fill(c, r, 0, buf, r->len);
    return buf;
}

/* One piece equals the same slice of the whole, writes nothing beside it, and its sum is right. */
static inline void check_piece(const uint8_t *whole, uint32_t off, uint32_t len, const uint8_t *got,
                               uint64_t sum)
{
    uint16_t want = csum_fold(csum_add(whole + off, len)) % 0xffff; /* 0 and ffff are one */
    if (memcmp(got, whole + off, len) || got[len] != 0xa5 || csum_fold(sum) % 0xffff != want)
        ck_abort_msg("piece of %u bytes at %u", len, off);
}

#endif
