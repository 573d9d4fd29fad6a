/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP options: MSS (RFC 9293 3.7.1), window scale and timestamps (RFC 7323), SACK permitted
 * and SACK (RFC 2018). Others are skipped. Whether one is allowed outside a SYN is the engine's business.
 */
#include "base/cursor.h"
#include "net/hdr.h"
#include "net/layer.h"

#define WSCALE_MAX 14 /* RFC 7323 2.3: larger values are taken as 14 */

#define SYN_SIZE    20
#define SYN_MSS     (TCP_KIND_MSS << 8 | TCP_LEN_MSS)
#define SYN_SACK_TS (TCP_KIND_SACK_OK << 24 | TCP_LEN_SACK_OK << 16 | TCP_KIND_TS << 8 | TCP_LEN_TS)
#define SYN_WSCALE  (TCP_KIND_NOP << 16 | TCP_KIND_WSCALE << 8 | TCP_LEN_WSCALE)

/* Blocks of eight bytes; more than four do not fit a header, but two such options may. */
static bool sack_take(struct pkt_tcp *t, uint8_t opt_len, struct cursor *body)
{
    if (opt_len < 10 || (opt_len - 2) % 8)
        return false;
    for (uint32_t n = tcp_sack_count(t->opts); n < TCP_SACK_MAX && cursor_left(body); n++) {
        t->sack[n].start = cursor_be32(body);
        t->sack[n].end = cursor_be32(body);
        t->opts = (uint8_t)(t->opts + (1 << TCP_SACK_SHIFT));
    }
    return true;
}

/* One option whose body has the right length; others of that kind are impossible. */
static bool opt_take(struct pkt_tcp *t, uint8_t kind, uint8_t opt_len, struct cursor *body)
{
    switch (kind) {
    case TCP_KIND_MSS:
        t->opts |= TCP_OPT_MSS;
        t->mss = cursor_be16(body);
        return opt_len == TCP_LEN_MSS;
    case TCP_KIND_WSCALE:
        t->opts |= TCP_OPT_WSCALE;
        t->wscale = cursor_u8(body);
        t->wscale = t->wscale > WSCALE_MAX ? WSCALE_MAX : t->wscale;
        return opt_len == TCP_LEN_WSCALE;
    case TCP_KIND_SACK_OK:
        t->opts |= TCP_OPT_SACK_OK;
        return opt_len == TCP_LEN_SACK_OK;
    case TCP_KIND_SACK:
        return sack_take(t, opt_len, body);
    case TCP_KIND_TS:
        t->opts |= TCP_OPT_TS;
        t->ts_val = cursor_be32(body);
        t->ts_ecr = cursor_be32(body);
        return opt_len == TCP_LEN_TS;
    }
    return true;
}

/* A SYN's as we write them, and Linux: MSS, SACK permitted with timestamps, NOP, window scale. */
static bool syn_opts_parse(struct pkt_tcp *t, const uint8_t *opts)
{
    const struct be32 *word = (const void *)opts;
    uint32_t mss = be32_load(word[0]), wscale = be32_load(word[4]);
    if (mss >> 16 != SYN_MSS || be32_load(word[1]) != SYN_SACK_TS || wscale >> 8 != SYN_WSCALE)
        return false;
    t->opts = TCP_OPT_MSS | TCP_OPT_SACK_OK | TCP_OPT_TS | TCP_OPT_WSCALE;
    t->mss = (uint16_t)mss;
    t->ts_val = be32_load(word[2]);
    t->ts_ecr = be32_load(word[3]);
    wscale &= 0xff;
    t->wscale = (uint8_t)(wscale > WSCALE_MAX ? WSCALE_MAX : wscale);
    return true;
}

__attribute__((noinline)) int tcp_opts_parse(struct pkt_tcp *t, const uint8_t *opts, uint32_t len)
{
    if (LIKELY(len == SYN_SIZE && syn_opts_parse(t, opts)))
        return 0;
    struct cursor c = cursor_over(opts, len);
    t->opts = 0;
    while (cursor_left(&c)) {
        uint8_t kind = cursor_u8(&c);
        if (kind == TCP_KIND_END)
            break;
        if (kind == TCP_KIND_NOP)
            continue;
        uint8_t opt_len = cursor_u8(&c);
        if (opt_len < 2 || cursor_left(&c) < opt_len - 2u)
            return -DROP_TCP_OPTION;
        struct cursor body = cursor_over(cursor_take(&c, opt_len - 2u), opt_len - 2u);
        if (!opt_take(t, kind, opt_len, &body))
            return -DROP_TCP_OPTION;
    }
    return 0;
}

/* SACK-permitted takes the place of the timestamps' two NOPs when both are there. */
uint32_t net_tcp_opts_table(uint8_t opts)
{
    static const uint8_t len[16] = {0, 4, 4, 8, 12, 16, 16, 20, 4, 8, 8, 12, 12, 16, 16, 20};
    uint32_t blocks = tcp_sack_count(opts);
    return len[opts & 15] + (blocks ? 4 + 8 * blocks : 0);
}

static uint64_t sack_write(uint8_t *at, const struct net_seg *s)
{
    uint32_t blocks = tcp_sack_count(s->opts);
    uint64_t sum = be32_put(at, (uint32_t)TCP_KIND_NOP << 24 | TCP_KIND_NOP << 16 |
                                    TCP_KIND_SACK << 8 | (2 + 8 * blocks));
    for (uint32_t i = 0; i < blocks; i++) {
        sum += be32_put(at + 4 + 8 * i, s->sack[i].start);
        sum += be32_put(at + 8 + 8 * i, s->sack[i].end);
    }
    return sum;
}

uint64_t tcp_opts_write(uint8_t *at, const struct net_seg *s)
{
    uint64_t sum = 0;
    bool sack_ok = s->opts & TCP_OPT_SACK_OK, ts = s->opts & TCP_OPT_TS;
    if (s->opts & TCP_OPT_MSS) {
        sum += be32_put(at, TCP_KIND_MSS << 24 | TCP_LEN_MSS << 16 | s->mss);
        at += 4;
    }
    if (ts || sack_ok) {
        uint32_t lead = sack_ok ? TCP_KIND_SACK_OK << 8 | TCP_LEN_SACK_OK : TCP_TS_WORD >> 16;
        uint32_t rest = ts ? TCP_TS_WORD & 0xffff : TCP_KIND_NOP << 8 | TCP_KIND_NOP;
        sum += be32_put(at, lead << 16 | rest);
        at += 4;
    }
    if (ts) {
        sum += be32_put(at, s->ts_val) + be32_put(at + 4, s->ts_ecr);
        at += 8;
    }
    if (s->opts & TCP_OPT_WSCALE) {
        sum += be32_put(at, (uint32_t)TCP_KIND_NOP << 24 | TCP_KIND_WSCALE << 16 |
                                TCP_LEN_WSCALE << 8 | s->wscale);
        at += 4;
    }
    return s->opts >> TCP_SACK_SHIFT ? sum + sack_write(at, s) : sum;
}
