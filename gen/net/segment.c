/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/segment.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/csum.h"
#include "net/pkt.h"

#define TCP_PROTOCOL 6
#define TCP_LEAST    20

static uint16_t be16_at(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32_at(const uint8_t *p)
{
    return (uint32_t)be16_at(p) << 16 | be16_at(p + 2);
}

/* --- from bytes -------------------------------------------------------------------------------- */

/* Where the IP header begins; 0: nowhere. */
static size_t ip_offset(const uint8_t *frame, size_t len, uint16_t *type)
{
    size_t at = 12;
    for (; at + 2 <= len; at += 4) {
        *type = be16_at(frame + at);
        if (*type != 0x8100 && *type != 0x88a8)
            return at + 2;
    }
    return 0;
}

/* The TCP header and what is behind it, cut to the packet's length. */
static const uint8_t *find_tcp(const uint8_t *frame, size_t len, size_t *tcp_len, uint8_t *tos)
{
    uint16_t type;
    size_t at = ip_offset(frame, len, &type);
    const uint8_t *ip = frame + at;
    size_t left = len - at, header, total;
    if (at && type == 0x0800 && left >= 20 && ip[9] == TCP_PROTOCOL) {
        header = (size_t)(ip[0] & 15) * 4;
        total = be16_at(ip + 2);
        *tos = ip[1];
    } else if (at && type == 0x86dd && left >= 40 && ip[6] == TCP_PROTOCOL) {
        header = 40;
        total = 40 + (size_t)be16_at(ip + 4);
        *tos = (uint8_t)(be16_at(ip) >> 4);
    } else {
        return NULL;
    }
    if (total > left || header < 20 || header > total)
        return NULL;
    *tcp_len = total - header;
    return ip + header;
}

bool segment_read(struct segment *s, const uint8_t *frame, size_t len)
{
    size_t tcp_len;
    uint8_t tos = 0;
    const uint8_t *t = find_tcp(frame, len, &tcp_len, &tos);
    if (!t || tcp_len < TCP_LEAST)
        return false;
    size_t header = (size_t)(t[12] >> 4) * 4;
    if (header < TCP_LEAST || header > tcp_len)
        return false;
    *s = (struct segment){.src_port = be16_at(t), .dst_port = be16_at(t + 2), .seq = be32_at(t + 4),
                          .ack = be32_at(t + 8), .window = be16_at(t + 14), .urgent = be16_at(t + 18),
                          .flags = t[13], .opts_len = (uint8_t)(header - TCP_LEAST), .tos = tos,
                          .payload_len = (uint32_t)(tcp_len - header)};
    memcpy(s->opts, t + TCP_LEAST, s->opts_len);
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

static void put16(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
    put16(at, v >> 16);
    put16(at + 2, v);
}

/* Sum in memory order; see base/csum.h. */
static void put_csum(uint8_t *at, uint64_t sum)
{
    uint16_t folded = (uint16_t)~csum_fold(sum);
    memcpy(at, &folded, sizeof folded);
}

uint32_t segment_write(uint8_t *packet, const struct segment *s, const struct segment_ends *ends)
{
    uint8_t *t = packet + 20, pseudo[4] = {0, TCP_PROTOCOL};
    uint32_t header = TCP_LEAST + s->opts_len, tcp_len = header + s->payload_len;
    memset(packet, 0, 20 + tcp_len);
    packet[0] = 0x45;
    packet[1] = s->tos;
    put16(packet + 2, 20 + tcp_len);
    packet[6] = 0x40; /* DF */
    packet[8] = 64;
    packet[9] = TCP_PROTOCOL;
    put32(packet + 12, ends->src);
    put32(packet + 16, ends->dst);
    put_csum(packet + 10, csum_add(packet, 20));
    put16(t, s->src_port);
    put16(t + 2, s->dst_port);
    put32(t + 4, s->seq);
    put32(t + 8, s->ack);
    t[12] = (uint8_t)(header << 2);
    t[13] = s->flags;
    put16(t + 14, s->window);
    put16(t + 18, s->urgent);
    memcpy(t + TCP_LEAST, s->opts, s->opts_len);
    put16(pseudo + 2, tcp_len);
    put_csum(t + 16, csum_add(t, tcp_len) + csum_add(packet + 12, 8) + csum_add(pseudo, 4));
    return 20 + tcp_len;
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

char *segment_flags_text(char buf[10], uint8_t flags)
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

static void add_sack(struct text *t, const uint8_t *o, uint8_t len)
{
    add(t, "sack");
    for (uint8_t i = 2; i + 8 <= len; i = (uint8_t)(i + 8))
        add(t, " %u:%u", be32_at(o + i), be32_at(o + i + 4));
}

/* One option, `len` bytes with its head. */
static void add_option(struct text *t, const uint8_t *o, uint8_t len)
{
    if (o[0] == 2 && len == 4)
        add(t, "mss %u", be16_at(o + 2));
    else if (o[0] == 3 && len == 3)
        add(t, "wscale %u", o[2]);
    else if (o[0] == 4 && len == 2)
        add(t, "sackOK");
    else if (o[0] == 5)
        add_sack(t, o, len);
    else if (o[0] == 8 && len == 10)
        add(t, "TS val %u ecr %u", be32_at(o + 2), be32_at(o + 6));
    else
        add(t, "option %u, %u bytes", o[0], len);
}

char *segment_options_text(char *buf, const struct segment *s)
{
    struct text t = {buf, SEGMENT_TEXT};
    *buf = 0;
    for (uint8_t at = 0; at < s->opts_len;) {
        uint8_t kind = s->opts[at], len = 1;
        add(&t, "%s", at ? "," : "");
        if (kind < 2) {
            add(&t, "%s", kind ? "nop" : "eol");
        } else {
            len = at + 1 < s->opts_len ? s->opts[at + 1] : 0;
            if (len < 2 || at + len > s->opts_len) {
                add(&t, "broken");
                break;
            }
            add_option(&t, s->opts + at, len);
        }
        at = (uint8_t)(at + len);
    }
    return buf;
}

char *segment_text(char *buf, const struct segment *s, uint32_t iss, uint32_t other_iss)
{
    char flags[10], options[SEGMENT_TEXT];
    struct text t = {buf, SEGMENT_TEXT};
    uint32_t from = s->seq - iss;
    add(&t, "%s %u:%u(%u)", segment_flags_text(flags, s->flags), from, from + s->payload_len,
        s->payload_len);
    if (s->flags & TCP_ACK)
        add(&t, " ack %u", s->ack - other_iss);
    add(&t, " win %u", s->window);
    if (s->flags & TCP_URG)
        add(&t, " urg %u", s->urgent);
    if (s->opts_len)
        add(&t, " <%s>", segment_options_text(options, s));
    return buf;
}
