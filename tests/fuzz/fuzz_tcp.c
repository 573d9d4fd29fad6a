/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A live engine under any segments. The input is a list of steps: a segment (its numbers mostly near
 * what a connection expects, so that it gets somewhere), an application's call, time passing. After
 * each step everything is sent and the engine checks itself; at the end everything must be free.
 */
#include <string.h>

#include "base/err.h"
#include "fuzz.h"
#include "tcp/tcp.h"

#define CONNS 6
#define PORTS 4
#define LPORT 80
#define TEXT  3000

struct input {
    const uint8_t *at, *end;
};

struct world {
    struct tcp t;
    uint64_t count[COUNTER_COUNT];
    uint64_t now_ns;
    struct input in;
};

static const uint8_t text[TEXT];

static uint32_t take(struct input *in, uint32_t bytes)
{
    uint32_t v = 0;
    while (bytes-- && in->at < in->end)
        v = v << 8 | *in->at++;
    return v;
}

static void application(struct world *w, uint32_t conn, uint8_t what)
{
    struct conn *c = tcp_conn(&w->t, conn);
    if (c->state == TCP_CLOSED || c->state >= TCP_ABORTED)
        return;
    switch (what & 7) {
    case 0:
        if (!(c->flags & CONN_FIN) && tcp_unacked(c) < 1u << 20)
            tcp_send(&w->t, conn, 1 + (what >> 3) * 200u);
        break;
    case 1:
        tcp_close(&w->t, conn);
        break;
    case 2:
        tcp_abort(&w->t, conn);
        break;
    case 3:
        tcp_pause(&w->t, conn);
        break;
    case 4:
        tcp_resume(&w->t, conn);
        break;
    case 5:
        tcp_timer_set(&w->t, conn, w->t.now_tk + (what >> 3) * 1000u);
        break;
    case 6:
        tcp_timer_clear(&w->t, conn);
        break;
    case 7:
        break;
    }
}

/* Inside callbacks the application acts now and then, too. */
static void act(struct world *w, uint32_t conn)
{
    uint8_t what = (uint8_t)take(&w->in, 1);
    if (what & 0x80)
        application(w, conn, what & 0x7f);
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    FUZZ_CHECK(event <= TCP_EVENT_TIMEOUT);
    act(ctx, conn);
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct world *w = ctx;
    FUZZ_CHECK(len > 0);
    for (uint32_t i = 0; i < len; i++)
        FUZZ_CHECK(data[i] == 0);
    act(w, conn);
    uint8_t mood = (uint8_t)take(&w->in, 1);
    return mood > 240 ? len * (mood - 240u) / 16 : len;
}

static void on_acked(void *ctx, uint32_t conn, uint32_t pos)
{
    struct world *w = ctx;
    FUZZ_CHECK((int32_t)(tcp_end(tcp_conn(&w->t, conn)) - pos) >= 0);
    act(w, conn);
}

static void on_timer(void *ctx, uint32_t conn)
{
    act(ctx, conn);
}

static const struct tcp_ops ops = {.event = on_event, .data = on_data, .acked = on_acked,
                                   .timer = on_timer};

/* The live connection towards a remote port, or NULL. */
static const struct conn *conn_to(const struct world *w, uint16_t rport)
{
    for (uint32_t i = 0; i < CONNS; i++) {
        const struct conn *c = &w->t.conns[i];
        if (c->rport == rport && c->state != TCP_CLOSED && c->state < TCP_ABORTED)
            return c;
    }
    return NULL;
}

/* Near a number that means something, or anywhere. */
static uint32_t near_number(struct input *in, uint32_t base, uint32_t other)
{
    uint8_t how = (uint8_t)take(in, 1);
    switch (how & 3) {
    case 0:
        return base;
    case 1:
        return base + (uint32_t)(int8_t)take(in, 1);
    case 2:
        return other + (uint32_t)(int16_t)take(in, 2);
    default:
        return how & 4 ? take(in, 4) : other;
    }
}

/* Up to four blocks, mostly of what is under way. */
static void sack_blocks(struct input *in, struct pkt_tcp *p, const struct conn *c)
{
    uint32_t count = take(in, 1) % (TCP_SACK_MAX + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t where = (uint8_t)take(in, 1), len = (uint8_t)take(in, 1);
        uint32_t flight = c ? c->snd_max - c->snd_una : 0;
        p->sack[i].start = (c ? c->snd_una : 0) + flight / 255 * where + (where & 15);
        p->sack[i].end = len == 255 ? take(in, 4) : p->sack[i].start + flight / 255 * len + (len & 7);
    }
    p->opts = (uint8_t)((p->opts & 15) | count << TCP_SACK_SHIFT);
}

static void options(struct input *in, struct pkt_tcp *p, uint32_t ts)
{
    p->opts = (uint8_t)take(in, 1) & 15;
    p->mss = (uint16_t)take(in, 2);
    p->wscale = (uint8_t)take(in, 1) % 15;
    p->ts_val = near_number(in, ts, ts);
    p->ts_ecr = near_number(in, ts, ts);
}

static void segment(struct world *w)
{
    static const uint8_t usual[] = {TCP_ACK, TCP_ACK | TCP_PSH, TCP_ACK | TCP_FIN, TCP_SYN,
                                    TCP_SYN | TCP_ACK, TCP_RST, TCP_RST | TCP_ACK, TCP_ACK};
    struct input *in = &w->in;
    uint8_t how = (uint8_t)take(in, 1);
    struct pkt_tcp p = {.src_port = (uint16_t)(how >> 5 & 3), .dst_port = LPORT, .opts = TCP_OPT_TS,
                        .payload = text};
    const struct conn *c = conn_to(w, p.src_port);
    p.flags = how & 8 ? (uint8_t)take(in, 1) : usual[how & 7];
    p.window = (uint16_t)take(in, 2);
    p.ecn = p.window & 3;
    p.ts_val = p.ts_ecr = (uint32_t)(w->now_ns >> TCP_STEP_SHIFT);
    if (how & 16)
        options(in, &p, p.ts_val);
    if (c && !(c->flags & CONN_TS) && !(how & 16))
        p.opts = 0;
    p.seq = near_number(in, c ? c->rcv_nxt : 0, c ? c->rcv_adv : 0);
    p.ack = near_number(in, c ? c->snd_max : 0, c ? c->snd_una : 0);
    if (how & 4)
        sack_blocks(in, &p, c);
    p.payload_len = how & 128 ? take(in, 2) % TEXT : 0;
    struct net_seg answer;
    uint32_t hash = tcp_hash(&w->t, 0, p.dst_port, p.src_port);
    int drop = tcp_rx(&w->t, 0, 1460, hash, &p, &answer);
    FUZZ_CHECK(drop <= 0 && drop > -DROP_COUNT);
}

static void drain(struct world *w)
{
    uint32_t conn, sent = 0;
    struct tcp_seg seg;
    while ((conn = tcp_next_out(&w->t)) != CONN_NONE)
        while (tcp_output(&w->t, conn, &seg)) {
            FUZZ_CHECK(++sent < 100000); /* it comes to an end */
            FUZZ_CHECK(seg.len <= 1460 && (!seg.len || seg.pos + seg.len <= 1ull << 32));
        }
}

static void step(struct world *w)
{
    uint8_t what = (uint8_t)take(&w->in, 1);
    switch (what & 7) {
    case 0:
        w->now_ns += (uint64_t)(what >> 3) << 23;
        break;
    case 1:
        tcp_open(&w->t, 0, LPORT, what >> 3 & 3, 1460, 0);
        break;
    case 2:
        application(w, (what >> 3) % CONNS, (uint8_t)take(&w->in, 1));
        break;
    default:
        segment(w);
        break;
    }
    tcp_timers(&w->t, w->now_ns, 100);
    if (what != 0xff) /* else the next step comes before anything is sent */
        drain(w);
    tcp_validate(&w->t);
}

static struct tcp_config config_of(uint8_t how)
{
    return (struct tcp_config){
        .conns = CONNS, .time_wait_entries = 2, .ooo_pieces = 8, .piece_bytes = 1460,
        .side_blocks = how >> 4 & 15, .half_open = 3,
        .window = how & 1 ? 262144 : 3000, .window_scale = how & 1 ? 7 : 0, .timestamps = how & 2,
        .sack = !(how & 4), .rack = how & 1, .delayed_ack = how & 4,
        .congestion = how & 8    ? CONGESTION_NONE
                      : how & 16 ? CONGESTION_CUBIC
                                 : CONGESTION_NEWRENO,
        .ecn = how & 32, .nagle = how & 64, .keepalive_tk = how & 128 ? 3000000 : 0,
        .keepalive_interval_tk = 500000, .keepalive_probes = 2, .rto_min_tk = 200000,
        .rto_max_tk = 8000000, .rto_initial_tk = 1000000, .delack_tk = 40000, .time_wait_tk = 2000000,
        .init_cwnd = 10, .retries = 3, .syn_retries = 2, .secret = how,
    };
}

static void finish(struct world *w)
{
    w->in.at = w->in.end; /* callbacks do nothing more */
    for (uint32_t i = 0; i < CONNS; i++)
        tcp_abort(&w->t, i);
    drain(w);
    tcp_timers(&w->t, w->now_ns + 5000000000ull, 1000);
    tcp_validate(&w->t);
    FUZZ_CHECK(tcp_in_use(&w->t) == 0 && w->t.flows.count == 0 && w->t.wheel.count == 0);
    FUZZ_CHECK(w->t.ooo.free_count == w->t.ooo.count);
    FUZZ_CHECK(w->t.sides.free_count == w->t.sides.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w; /* large; set up anew for each input */
    struct err e = {0};
    if (size < 2)
        return 0;
    memset(&w, 0, sizeof w);
    w.in = (struct input){data + 2, data + size};
    w.now_ns = ((uint64_t)data[1] << 36) - (1ull << 30) * (data[1] > 0); /* ticks wrap at 2^42 */
    struct tcp_config cfg = config_of(data[0]);
    FUZZ_CHECK(tcp_init(&w.t, &cfg, &ops, &w, w.count, w.now_ns, &e) == 0);
    FUZZ_CHECK(tcp_listen(&w.t, LPORT) == 0);
    while (w.in.at < w.in.end)
        step(&w);
    finish(&w);
    tcp_fini(&w.t);
    return 0;
}
