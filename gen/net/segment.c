/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/segment.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/csum.h"
#include "base/cursor.h"
#include "net/hdr.h"
#include "net/layer.h"
#include "net/peek.h"

#define TTL 64

/* --- from bytes -------------------------------------------------------------------------------- */

bool segment_read(struct segment *s, const uint8_t *frame, size_t len)
{
    struct net_transport t;
    if (!net_peek(&t, frame, len) || t.protocol != IP_TCP || t.len < TCP_HEADER)
        return false;
    const struct tcp_hdr *h = (const void *)t.at;
    uint32_t header = (h->data_offset >> 4) * 4u;
    if (header < TCP_HEADER || header > t.len)
        return false;
    *s = (struct segment){.src_port = be16_load(h->src_port), .dst_port = be16_load(h->dst_port),
                          .seq = be32_load(h->seq), .ack = be32_load(h->ack),
                          .window = be16_load(h->window), .urgent = be16_load(h->urgent),
                          .flags = h->flags, .opts_len = (uint8_t)(header - TCP_HEADER),
                          .tos = t.tos, .payload_len = t.len - header};
    memcpy(s->opts, h + 1, s->opts_len);
    return true;
}

bool segment_equal(const struct segment *a, const struct segment *b)
{
    return a->seq == b->seq && a->ack == b->ack && a->window == b->window &&
           a->urgent == b->urgent && a->flags == b->flags && a->tos == b->tos &&
           a->payload_len == b->payload_len && a->opts_len == b->opts_len &&
           !memcmp(a->opts, b->opts, a->opts_len);
}

/* --- to bytes ---------------------------------------------------------------------------------- */

/* The payload is zeros. */
static void tcp_write(uint8_t *at, const struct segment *s, uint32_t len, uint64_t pseudo_sum)
{
    struct tcp_hdr *h = (void *)at;
    memset(at, 0, len);
    be16_store(&h->src_port, s->src_port);
    be16_store(&h->dst_port, s->dst_port);
    be32_store(&h->seq, s->seq);
    be32_store(&h->ack, s->ack);
    h->data_offset = (uint8_t)((TCP_HEADER + s->opts_len) << 2);
    h->flags = s->flags;
    be16_store(&h->window, s->window);
    be16_store(&h->urgent, s->urgent);
    memcpy(h + 1, s->opts, s->opts_len);
    be16_store_csum(&h->csum, csum_fold(pseudo_sum + csum_add(at, len)));
}

/* Both return what the pseudo-header sums up to without the length. */
static uint64_t ip4_header_write(uint8_t *at, const struct net_path *path, uint8_t tos, uint32_t len)
{
    struct ip4_hdr *ip = (void *)at;
    uint64_t sum = ip4_write(at, path, IP_TCP, (uint16_t)(IP4_HEADER + len));
    ip->tos = tos;
    be16_store_csum(&ip->csum, csum_fold(sum + be16_sum(tos)));
    return csum_add(&ip->src, 2 * sizeof ip->src) + be16_sum(IP_TCP);
}

static uint64_t ip6_header_write(uint8_t *at, const struct net_path *path, uint8_t tos, uint32_t len)
{
    struct ip6_hdr *ip = (void *)at;
    uint64_t sum = ip6_write(at, path, IP_TCP, (uint16_t)len);
    be32_store(&ip->word, IP6_VERSION | (uint32_t)tos << IP6_CLASS_SHIFT);
    return sum;
}

uint32_t segment_write(uint8_t *packet, const struct segment *s, const struct segment_ends *ends)
{
    const struct net_path path = {.src = ends->src, .dst = ends->dst, .ttl = TTL};
    uint32_t len = TCP_HEADER + s->opts_len + s->payload_len;
    bool is4 = ip_is4(ends->src);
    uint32_t header = is4 ? IP4_HEADER : IP6_HEADER;
    uint64_t sum = is4 ? ip4_header_write(packet, &path, s->tos, len)
                       : ip6_header_write(packet, &path, s->tos, len);
    tcp_write(packet + header, s, len, sum + be16_sum((uint16_t)len));
    return header + len;
}

/* --- as text ----------------------------------------------------------------------------------- */

struct text {
    char *at;
    size_t left;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->at, t->left, format, args);
    va_end(args);
    size_t used = n < 0 ? 0 : (size_t)n < t->left ? (size_t)n : t->left - 1;
    t->at += used;
    t->left -= used;
}

/* "S.", "P." ... */
static char *flags_text(char buf[10], uint8_t flags)
{
    static const struct {
        uint8_t flag;
        char letter;
    } letters[] = {{TCP_FIN, 'F'}, {TCP_SYN, 'S'}, {TCP_RST, 'R'}, {TCP_PSH, 'P'},
                   {TCP_URG, 'U'}, {TCP_ECE, 'E'}, {TCP_CWR, 'W'}, {TCP_ACK, '.'}};
    char *at = buf;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (flags & letters[i].flag)
            *at++ = letters[i].letter;
    if (at == buf)
        *at++ = '-';
    *at = 0;
    return buf;
}

static void add_sack(struct text *t, struct cursor *body, uint32_t first)
{
    add(t, "sack");
    while (cursor_left(body) >= 8) {
        uint32_t from = cursor_be32(body), to = cursor_be32(body);
        add(t, " %u:%u", from - first, to - first);
    }
}

static void add_timestamps(struct text *t, struct cursor *body)
{
    uint32_t val = cursor_be32(body), ecr = cursor_be32(body);
    add(t, "TS val %u ecr %u", val, ecr);
}

/* One option of `len` bytes with its head. */
static void add_option(struct text *t, uint8_t kind, uint8_t len, struct cursor body,
                       uint32_t other_iss)
{
    if (kind == TCP_KIND_MSS && len == TCP_LEN_MSS)
        add(t, "mss %u", cursor_be16(&body));
    else if (kind == TCP_KIND_WSCALE && len == TCP_LEN_WSCALE)
        add(t, "wscale %u", cursor_u8(&body));
    else if (kind == TCP_KIND_SACK_OK && len == TCP_LEN_SACK_OK)
        add(t, "sackOK");
    else if (kind == TCP_KIND_SACK)
        add_sack(t, &body, other_iss);
    else if (kind == TCP_KIND_TS && len == TCP_LEN_TS)
        add_timestamps(t, &body);
    else
        add(t, "option %u, %u bytes", kind, len);
}

char *segment_options_text(char *buf, const struct segment *s, uint32_t other_iss)
{
    struct cursor c = cursor_over(s->opts, s->opts_len);
    struct text t = {buf, SEGMENT_TEXT};
    *buf = 0;
    for (const char *comma = ""; cursor_left(&c); comma = ",") {
        uint8_t kind = cursor_u8(&c);
        add(&t, "%s", comma);
        if (kind == TCP_KIND_END || kind == TCP_KIND_NOP) {
            add(&t, "%s", kind ? "nop" : "eol");
            continue;
        }
        uint8_t len = cursor_u8(&c);
        const uint8_t *body = len < 2 ? NULL : cursor_take(&c, len - 2u);
        if (!body) {
            add(&t, "broken");
            break;
        }
        add_option(&t, kind, len, cursor_over(body, len - 2u), other_iss);
    }
    return buf;
}

char *segment_text(char *buf, const struct segment *s, uint32_t iss, uint32_t other_iss)
{
    char flags[10], options[SEGMENT_TEXT];
    struct text t = {buf, SEGMENT_TEXT};
    uint32_t from = s->seq - iss;
    add(&t, "%s %u:%u(%u)", flags_text(flags, s->flags), from, from + s->payload_len,
        s->payload_len);
    if (s->flags & TCP_ACK)
        add(&t, " ack %u", s->ack - other_iss);
    add(&t, " win %u", s->window);
    if (s->flags & TCP_URG)
        add(&t, " urg %u", s->urgent);
    if (s->opts_len)
        add(&t, " <%s>", segment_options_text(options, s, other_iss));
    return buf;
}
