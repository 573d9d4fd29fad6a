/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading rows: numbers, fields, flags, and the rows that configure. */
#include "tcp_rows_internal.h"

#include <stdlib.h>

static uint32_t full_segment(const struct rows *r)
{
    return r->mode.mss - (r->mode.ts ? 12u : 0);
}

/* "2m+5-1" */
int64_t rows_number(const struct rows *r, const char *text)
{
    if (*text == '*')
        return ANY;
    int64_t sum = 0;
    do {
        char *end;
        int64_t n = strtoll(text, &end, 10);
        if (*end == 'm') {
            n *= full_segment(r);
            end++;
        }
        sum += n;
        text = end;
    } while (*text == '+' || *text == '-');
    return sum;
}

/* "1:2m+1,7:9" behind " sack=", numbers from `base` on. */
uint32_t rows_sack_blocks(const struct rows *r, uint32_t base, struct sack_block *out)
{
    const char *at = strstr(r->row, " sack=");
    uint32_t count = 0;
    if (!at || strstr(at, "=none"))
        return 0;
    at += strlen(" sack=");
    do {
        ck_assert_uint_lt(count, TCP_SACK_MAX);
        out[count].start = base + (uint32_t)rows_number(r, at);
        at = strchr(at, ':') + 1;
        out[count++].end = base + (uint32_t)rows_number(r, at);
        at += strcspn(at, ", ");
    } while (*at++ == ',');
    return count;
}

/* The value of "name=" among a row's fields. */
int64_t rows_field(const struct rows *r, const char *name, int64_t otherwise)
{
    char key[32];
    snprintf(key, sizeof key, " %s=", name);
    const char *at = strstr(r->row, key);
    return at ? rows_number(r, at + strlen(key)) : otherwise;
}

uint8_t rows_flags(const char *letters)
{
    static const char letters_of_flags[] = "FSRPAUEW";
    uint8_t flags = 0;
    for (; *letters && *letters != ' '; letters++) {
        const char *at = strchr(letters_of_flags, *letters);
        ck_assert_msg(at != NULL, "flag %c", *letters);
        flags |= (uint8_t)(1 << (at - letters_of_flags));
    }
    return flags;
}

/* For a first window of so many segments: large ones count for more than one (RFC 6928 2). */
static uint32_t init_cwnd_of(const struct rows_mode *m, uint32_t segments)
{
    return m->wide ? (segments * m->mss + 1459) / 1460 : segments;
}

struct tcp_config rows_config(const struct rows_mode *m)
{
    const uint32_t s_tk = (uint32_t)(1000 * MS >> TCP_TICK_SHIFT);
    return (struct tcp_config){
        .conns = 4,
        .time_wait_entries = 4,
        .ooo_pieces = 8,
        .piece_bytes = m->mss,
        .half_open = 4,
        .side_blocks = 16,
        .sack = m->sack,
        .window = m->scale ? 65535u << 2 : 65535,
        .window_scale = m->scale,
        .timestamps = m->ts,
        .delayed_ack = true,
        .congestion = true,
        .rto_min_tk = s_tk / 5,
        .rto_max_tk = 8 * s_tk,
        .rto_initial_tk = s_tk,
        .delack_tk = s_tk / 25,
        .time_wait_tk = 60 * s_tk,
        .init_cwnd = init_cwnd_of(m, 10),
        .retries = 5,
        .syn_retries = 3,
        .secret = 0x123456789abcdef0ull,
    };
}

static uint32_t cfg_ticks(const struct rows *r, const char *name, uint32_t otherwise)
{
    int64_t ms = rows_field(r, name, -1);
    return ms < 0 ? otherwise : (uint32_t)((uint64_t)ms * MS >> TCP_TICK_SHIFT);
}

void rows_cfg(struct rows *r)
{
    ck_assert_msg(!r->started, "cfg must come first");
    struct tcp_config *c = &r->cfg;
    c->conns = (uint32_t)rows_field(r, "conns", c->conns);
    c->time_wait_entries = (uint32_t)rows_field(r, "time_wait_entries", c->time_wait_entries);
    c->ooo_pieces = (uint32_t)rows_field(r, "ooo_pieces", c->ooo_pieces);
    c->side_blocks = (uint32_t)rows_field(r, "side_blocks", c->side_blocks);
    c->half_open = (uint32_t)rows_field(r, "half_open", c->half_open);
    c->window = (uint32_t)rows_field(r, "window", c->window);
    c->mss_min = (uint16_t)rows_field(r, "mss_min", c->mss_min);
    int64_t segments = rows_field(r, "init_cwnd", 0);
    c->init_cwnd = segments ? init_cwnd_of(&r->mode, (uint32_t)segments) : c->init_cwnd;
    c->retries = (uint8_t)rows_field(r, "retries", c->retries);
    c->delayed_ack = rows_field(r, "delayed_ack", c->delayed_ack);
    c->sack = rows_field(r, "sack", c->sack);
    c->rack = rows_field(r, "rack", c->rack);
    c->congestion = (uint8_t)rows_field(r, "congestion", c->congestion);
    c->ecn = rows_field(r, "ecn", c->ecn);
    c->nagle = rows_field(r, "nagle", c->nagle);
    c->keepalive_tk = cfg_ticks(r, "keepalive", c->keepalive_tk);
    c->keepalive_interval_tk = cfg_ticks(r, "keepalive_interval", c->keepalive_interval_tk);
    c->keepalive_probes = (uint8_t)rows_field(r, "keepalive_probes", c->keepalive_probes);
    c->rto_initial_tk = cfg_ticks(r, "rto_initial", c->rto_initial_tk);
    c->rto_max_tk = cfg_ticks(r, "rto_max", c->rto_max_tk);
}

void rows_peer_says(struct rows *r)
{
    r->syn_mss = rows_field(r, "mss", r->syn_mss);
    r->syn_ws = rows_field(r, "ws", r->syn_ws);
    r->syn_ts = rows_field(r, "ts", r->syn_ts);
    r->syn_sack = rows_field(r, "sack", r->syn_sack);
    peer(r)->iss = (uint32_t)rows_field(r, "iss", peer(r)->iss);
}
