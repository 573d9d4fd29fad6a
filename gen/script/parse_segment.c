/* SPDX-License-Identifier: BSD-3-Clause */
/* `S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 7>` */
#include <string.h>

#include "net/pkt.h"
#include "script/internal.h"

static int parse_flags(struct line *l, struct segment *s)
{
    static const char letters[] = "FSRP.UEW";
    static const uint8_t flags[] = {TCP_FIN, TCP_SYN, TCP_RST, TCP_PSH,
                                    TCP_ACK, TCP_URG, TCP_ECE, TCP_CWR};
    skip_blanks(l);
    const char *from = l->at, *which;
    while (*l->at && (which = strchr(letters, *l->at))) {
        s->flags |= flags[which - letters];
        l->at++;
    }
    if (l->at == from && *l->at == '-')
        l->at++;
    return l->at == from ? refuse(l, "flags, of FSRP.UEW, or -") : 0;
}

static int parse_numbers(struct line *l, enum script_kind kind, struct segment *s)
{
    int64_t from, to, len;
    if (!take_number(l, 0, UINT32_MAX, &from) || !take_text(l, ":") ||
        !take_number(l, 0, UINT32_MAX, &to) || !take_text(l, "(") ||
        !take_number(l, 0, 65000, &len) || !take_text(l, ")"))
        return refuse(l, "numbers as 1:1001(1000)");
    if ((uint32_t)(from + len) != (uint32_t)to)
        return refuse(l, "an end that is start and length together");
    if (kind == SCRIPT_ARRIVES && len > SCRIPT_PAYLOAD_MAX)
        return refuse(l, "at most 1460 bytes in what arrives: no frame has room for more");
    s->seq = (uint32_t)from;
    s->payload_len = (uint32_t)len;
    return 0;
}

/* --- options ----------------------------------------------------------------------------------- */

static bool add_bytes(struct segment *s, const void *bytes, uint8_t len)
{
    if (s->opts_len + len > SEGMENT_OPTIONS_MAX)
        return false;
    memcpy(s->opts + s->opts_len, bytes, len);
    s->opts_len = (uint8_t)(s->opts_len + len);
    return true;
}

static void put32(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 24);
    at[1] = (uint8_t)(v >> 16);
    at[2] = (uint8_t)(v >> 8);
    at[3] = (uint8_t)v;
}

static bool parse_ts(struct line *l, struct segment *s)
{
    uint8_t o[10] = {8, 10};
    int64_t val, ecr;
    if (!take_text(l, "val") || !take_number(l, 0, UINT32_MAX, &val) || !take_text(l, "ecr") ||
        !take_number(l, 0, UINT32_MAX, &ecr))
        return false;
    put32(o + 2, (uint32_t)val);
    put32(o + 6, (uint32_t)ecr);
    return add_bytes(s, o, sizeof o);
}

static bool parse_sack(struct line *l, struct segment *s)
{
    uint8_t o[2 + 4 * 8] = {5, 2};
    int64_t from, to;
    while (o[1] < sizeof o && take_number(l, 0, UINT32_MAX, &from)) {
        if (!take_text(l, ":") || !take_number(l, 0, UINT32_MAX, &to))
            return false;
        put32(o + o[1], (uint32_t)from);
        put32(o + o[1] + 4, (uint32_t)to);
        o[1] = (uint8_t)(o[1] + 8);
    }
    return o[1] > 2 && add_bytes(s, o, o[1]);
}

static bool parse_option(struct line *l, struct segment *s)
{
    int64_t n;
    if (take_text(l, "mss"))
        return take_number(l, 0, UINT16_MAX, &n) &&
               add_bytes(s, (uint8_t[]){2, 4, (uint8_t)(n >> 8), (uint8_t)n}, 4);
    if (take_text(l, "wscale"))
        return take_number(l, 0, 255, &n) && add_bytes(s, (uint8_t[]){3, 3, (uint8_t)n}, 3);
    if (take_text(l, "sackOK"))
        return add_bytes(s, (uint8_t[]){4, 2}, 2);
    if (take_text(l, "sack"))
        return parse_sack(l, s);
    if (take_text(l, "TS"))
        return parse_ts(l, s);
    if (take_text(l, "nop"))
        return add_bytes(s, (uint8_t[]){1}, 1);
    return take_text(l, "eol") && add_bytes(s, (uint8_t[]){0}, 1);
}

static int parse_options(struct line *l, struct script_row *row)
{
    if (take_text(l, "...")) {
        row->any_options = true;
    } else {
        do
            if (!parse_option(l, &row->segment))
                return refuse(l, "an option: mss N, nop, eol, sackOK, sack A:B, TS val N ecr N, "
                                 "wscale N, 40 bytes in all");
        while (take_text(l, ","));
        while (row->segment.opts_len % 4)
            row->segment.opts[row->segment.opts_len++] = 0;
    }
    return take_text(l, ">") ? 0 : refuse(l, "> behind the options");
}

int parse_segment(struct line *l, struct script_row *row)
{
    struct segment *s = &row->segment;
    int64_t n;
    int rc = parse_flags(l, s);
    if (!rc)
        rc = parse_numbers(l, row->kind, s);
    if (rc)
        return rc;
    if (take_text(l, "ack")) {
        if (!take_number(l, 0, UINT32_MAX, &n))
            return refuse(l, "a number behind ack");
        s->ack = (uint32_t)n;
    } else if (s->flags & TCP_ACK) {
        return refuse(l, "ack N: the flags have the dot");
    }
    if (take_text(l, "win")) {
        if (!take_number(l, 0, UINT16_MAX, &n))
            return refuse(l, "a window up to 65535");
        s->window = (uint16_t)n;
        row->has_window = true;
    } else if (row->kind == SCRIPT_ARRIVES) {
        return refuse(l, "win N: of what arrives");
    }
    if (row->kind == SCRIPT_LEAVES && !row->has_window)
        s->window = 0;
    if (!take_text(l, "<"))
        return 0;
    rc = parse_options(l, row);
    if (!rc && row->kind == SCRIPT_ARRIVES && row->any_options)
        return refuse(l, "the options of what arrives");
    return rc;
}
