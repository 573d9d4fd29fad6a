/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "leak_check.h"
#include "tcp/seq.h"
#include "tcp_frames.h"

#define MS         1000000ull
#define LPORT      4000
#define RPORT      5000
#define PEERS      4
#define QUEUE      256
#define PATH       3
#define ANY        INT64_MAX
#define TEXT_BYTES 70000
#define WINDOW     65408 /* a multiple of 128: scale 7 can say it */

struct peer {
    uint32_t iss, nxt;     /* nxt: relative */
    uint32_t our_iss, our_nxt;
    uint32_t conn;
    bool numbered;         /* our_iss is known */
    uint32_t ts_val_seen;
    uint64_t delivered;    /* stream position of what the engine delivered */
    uint8_t scale;         /* ours, as the engine agreed */
};

struct rows {
    struct tcp t;
    struct tcp_config cfg;
    struct rows_mode mode;
    bool started, listening, held;
    uint64_t now_ns;
    uint64_t count[COUNTER_COUNT];
    struct peer peers[PEERS];
    uint32_t at;           /* current peer */
    int64_t syn_mss, syn_ws, syn_ts, syn_sack;
    struct tcp_seg sent[QUEUE];
    uint32_t sent_head, sent_tail;
    enum tcp_event events[QUEUE];
    uint32_t event_head, event_tail;
    uint32_t take, data, drop;
    uint64_t acked;
    char on[6][32];        /* by enum hook */
    const char *row;
    uint8_t text[TEXT_BYTES];
    uint8_t frame[FRAME_BYTES];
    uint32_t frames;       /* so far, in modes with frames */
};

enum hook { ON_OPEN, ON_DATA, ON_ACKED, ON_PEER_CLOSED, ON_FINAL, ON_TIMER };
static const char *const hooks[] = {"open", "data", "acked", "peer_closed", "final", "timer"};
static const char *const events[] = {"OPEN", "PEER_CLOSED", "CLOSED", "RESET", "REFUSED", "TIMEOUT"};

#define FAIL(r, ...)                                                                               \
    do {                                                                                           \
        fprintf(stderr, "row '%s' (ip %d ts %d scale %u mss %u sack %d): ", (r)->row,              \
                (r)->mode.ip, (r)->mode.ts, (r)->mode.scale, (r)->mode.mss, (r)->mode.sack);       \
        ck_abort_msg(__VA_ARGS__);                                                                 \
    } while (0)

static struct peer *peer(struct rows *r)
{
    return &r->peers[r->at];
}

static uint32_t full_segment(const struct rows *r)
{
    return r->mode.mss - (r->mode.ts ? 12u : 0);
}

/* "2m+5-1" */
static int64_t number(const struct rows *r, const char *text)
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
static uint32_t sack_blocks(const struct rows *r, uint32_t base, struct sack_block *out)
{
    const char *at = strstr(r->row, " sack=");
    uint32_t count = 0;
    if (!at || strstr(at, "=none"))
        return 0;
    at += strlen(" sack=");
    do {
        ck_assert_uint_lt(count, TCP_SACK_MAX);
        out[count].start = base + (uint32_t)number(r, at);
        at = strchr(at, ':') + 1;
        out[count++].end = base + (uint32_t)number(r, at);
        at += strcspn(at, ", ");
    } while (*at++ == ',');
    return count;
}

/* The value of "name=" among a row's fields. */
static int64_t field(const struct rows *r, const char *name, int64_t otherwise)
{
    char key[32];
    snprintf(key, sizeof key, " %s=", name);
    const char *at = strstr(r->row, key);
    return at ? number(r, at + strlen(key)) : otherwise;
}

static uint8_t flags_of(const char *letters)
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

static uint8_t text_byte(uint64_t pos)
{
    return (uint8_t)(pos * 131 + (pos >> 8) * 17);
}

/* --- the application -------------------------------------------------------------------------- */

static void call(struct rows *r, uint32_t conn, const char *what)
{
    if (!strncmp(what, "send ", 5))
        tcp_send(&r->t, conn, (uint32_t)number(r, what + 5));
    else if (!strncmp(what, "timer ", 6))
        tcp_timer_set(&r->t, conn,
                      r->t.now_tk + (uint32_t)((uint64_t)number(r, what + 6) * MS >> TCP_TICK_SHIFT));
    else if (!strncmp(what, "path_mss ", 9))
        tcp_path_mss(&r->t, conn, (uint16_t)number(r, what + 9));
    else if (!strcmp(what, "close"))
        tcp_close(&r->t, conn);
    else if (!strcmp(what, "abort"))
        tcp_abort(&r->t, conn);
    else if (!strcmp(what, "pause"))
        tcp_pause(&r->t, conn);
    else if (!strcmp(what, "resume"))
        tcp_resume(&r->t, conn);
    else if (!strcmp(what, "open")) /* another connection, remote port 3 */
        r->peers[3].conn = tcp_open(&r->t, PATH, LPORT, RPORT + 3, r->mode.mss, 3);
    else
        FAIL(r, "no such call: %s", what);
}

static void hook(struct rows *r, uint32_t conn, enum hook h)
{
    char what[32];
    strcpy(what, r->on[h]);
    r->on[h][0] = 0; /* once */
    if (*what)
        call(r, conn, what);
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct rows *r = ctx;
    r->events[r->event_tail++ % QUEUE] = event;
    if (event == TCP_EVENT_OPEN)
        r->peers[tcp_conn(&r->t, conn)->rport - RPORT].conn = conn;
    hook(r, conn, event == TCP_EVENT_OPEN          ? ON_OPEN
                  : event == TCP_EVENT_PEER_CLOSED ? ON_PEER_CLOSED
                                                   : ON_FINAL);
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct rows *r = ctx;
    struct peer *p = &r->peers[tcp_conn(&r->t, conn)->rport - RPORT];
    uint32_t taken = len < r->take ? len : r->take;
    for (uint32_t i = 0; i < taken; i++)
        if (data[i] != text_byte(p->delivered + i))
            FAIL(r, "wrong byte at %lu", p->delivered + i);
    p->delivered += taken;
    r->data += taken;
    hook(r, conn, ON_DATA);
    return taken;
}

static void on_acked(void *ctx, uint32_t conn, uint64_t pos)
{
    struct rows *r = ctx;
    r->acked = pos;
    hook(r, conn, ON_ACKED);
}

static void on_timer(void *ctx, uint32_t conn)
{
    hook(ctx, conn, ON_TIMER);
}

static const struct tcp_ops ops = {.event = on_event, .data = on_data, .acked = on_acked,
                                   .timer = on_timer};

/* --- the engine ------------------------------------------------------------------------------- */

/* For a first window of so many segments: large ones count for more than one (RFC 6928 2). */
static uint32_t init_cwnd_of(const struct rows_mode *m, uint32_t segments)
{
    return m->wide ? (segments * m->mss + 1459) / 1460 : segments;
}

static struct tcp_config config_of(const struct rows_mode *m)
{
    const uint32_t s_tk = (uint32_t)(1000 * MS >> TCP_TICK_SHIFT);
    return (struct tcp_config){
        .conns = 4, .time_wait_entries = 4, .ooo_pieces = 8, .piece_bytes = m->mss, .half_open = 4,
        .side_blocks = 16, .sack = m->sack,
        .window = m->scale ? 65535u << 2 : 65535, .window_scale = m->scale, .timestamps = m->ts,
        .delayed_ack = true, .congestion = true, .rto_min_tk = s_tk / 5,
        .rto_max_tk = 8 * s_tk, .rto_initial_tk = s_tk, .delack_tk = s_tk / 25,
        .time_wait_tk = 60 * s_tk, .init_cwnd = init_cwnd_of(m, 10), .retries = 5, .syn_retries = 3,
        .secret = 0x123456789abcdef0ull,
    };
}

static void start(struct rows *r)
{
    struct err e = {0};
    if (r->started)
        return;
    r->started = true;
    ck_assert_int_eq(tcp_init(&r->t, &r->cfg, &ops, r, r->count, r->now_ns, &e), 0);
}

static void collect(struct rows *r, const struct tcp_seg *seg)
{
    if (r->sent_tail - r->sent_head == QUEUE)
        FAIL(r, "the engine does not stop sending");
    struct tcp_seg *kept = &r->sent[r->sent_tail++ % QUEUE];
    *kept = *seg;
    if (r->mode.ip)
        frames_through_sent(r->mode.ip, r->frames++, kept, text_byte, r->frame);
}

/* Everything that the engine wants to send now. */
static void drain(struct rows *r)
{
    uint32_t conn;
    struct tcp_seg seg;
    while (!r->held && (conn = tcp_next_out(&r->t)) != CONN_NONE)
        while (tcp_output(&r->t, conn, &seg))
            collect(r, &seg);
    tcp_validate(&r->t);
}

static void pass_ms(struct rows *r, uint64_t ms)
{
    while (ms--) {
        r->now_ns += MS;
        if (tcp_timers(&r->t, r->now_ns, 1000)) /* looking at every millisecond took most of the time */
            drain(r);
    }
    drain(r);
}

static void pass_days(struct rows *r, uint64_t days)
{
    ck_assert_uint_eq(r->t.wheel.count, 0); /* or it would go through each step */
    while (days--) {
        r->now_ns += 86400000 * MS;
        tcp_timers(&r->t, r->now_ns, 1000);
    }
    drain(r);
}

static void number_from(struct peer *p, uint32_t iss)
{
    p->our_iss = iss;
    p->our_nxt = 0;
    p->numbered = true;
}

static void row_open(struct rows *r)
{
    struct peer *p = peer(r);
    p->conn = tcp_open(&r->t, PATH, LPORT, (uint16_t)(RPORT + r->at), r->mode.mss, r->at);
    if (p->conn == CONN_NONE)
        return;
    struct conn *c = tcp_conn(&r->t, p->conn);
    if (r->mode.iss_wraps) { /* what initial_sequence might have given */
        c->iss = c->snd_una = c->snd_nxt = c->snd_max = c->recover = 0xffffff00u;
        c->snd_lim = c->iss + 1;
    }
    number_from(p, c->iss);
}

static uint32_t ts_clock(const struct rows *r)
{
    return (uint32_t)(r->now_ns / MS) + 0xfffff000u;
}

static void peer_options(struct rows *r, struct pkt_tcp *seg, bool syn)
{
    bool ts = r->mode.ts && (syn ? r->syn_ts != 0 : !strstr(r->row, " nots"));
    if (ts) {
        seg->opts |= TCP_OPT_TS;
        seg->ts_val = ts_clock(r) + (uint32_t)field(r, "ts", 0);
        seg->ts_ecr = peer(r)->ts_val_seen;
    }
    if (syn && r->syn_mss) {
        seg->opts |= TCP_OPT_MSS;
        seg->mss = (uint16_t)field(r, "mss", r->syn_mss);
    }
    if (syn && r->syn_ws >= 0) {
        seg->opts |= TCP_OPT_WSCALE;
        seg->wscale = (uint8_t)r->syn_ws;
    }
    if (syn && r->syn_sack)
        seg->opts |= TCP_OPT_SACK_OK;
    if (!syn)
        seg->opts |= (uint8_t)(sack_blocks(r, peer(r)->our_iss, seg->sack) << TCP_SACK_SHIFT);
}

static void row_arrives(struct rows *r, const char *flags)
{
    struct peer *p = peer(r);
    struct pkt_tcp seg = {.src_port = (uint16_t)(RPORT + r->at), .dst_port = LPORT,
                          .flags = flags_of(flags)};
    bool syn = seg.flags & TCP_SYN;
    uint32_t at = (uint32_t)field(r, "seq", syn ? 0 : p->nxt), len = (uint32_t)field(r, "len", 0);
    uint32_t window = (uint32_t)field(r, "win", WINDOW);
    seg.seq = p->iss + at;
    seg.ack = seg.flags & TCP_ACK ? p->our_iss + (uint32_t)field(r, "ack", p->our_nxt) : 0;
    seg.ecn = (uint8_t)field(r, "ecn", 0);
    seg.window = (uint16_t)(syn || r->syn_ws < 0 ? window : window >> r->syn_ws);
    peer_options(r, &seg, syn);
    for (uint32_t i = 0; i < len; i++)
        r->text[i] = text_byte((uint64_t)at - 1 + i);
    seg.payload = r->text;
    seg.payload_len = len;
    uint32_t end = at + len + !!(seg.flags & TCP_FIN) + syn;
    if (seq_lt(p->nxt, end) && at == p->nxt)
        p->nxt = end;
    if (r->mode.ip)
        frames_through(r->mode.ip, r->frames++, &seg, r->frame);
    struct tcp_seg answer = {.conn = CONN_NONE};
    tcp_now(&r->t, r->now_ns);
    uint32_t hash = tcp_hash(&r->t, PATH, LPORT, seg.src_port);
    r->drop = (uint32_t)-tcp_rx(&r->t, PATH, r->mode.mss, hash, &seg, &answer.h);
    if (answer.h.flags)
        collect(r, &answer);
    drain(r);
}

static void compare(const struct rows *r, const char *what, int64_t found, int64_t expected)
{
    if (expected != ANY && found != expected)
        FAIL(r, "%s is %ld, expected %ld", what, found, expected);
}

static void compare_number(const struct rows *r, const char *name, uint32_t found, uint32_t usual)
{
    int64_t expected = field(r, name, usual);
    compare(r, name, found, expected == ANY ? ANY : (uint32_t)expected);
}

static void compare_options(const struct rows *r, const struct tcp_seg *s)
{
    bool syn = s->h.flags & TCP_SYN, rst = s->h.flags & TCP_RST;
    bool first = syn && !(s->h.flags & TCP_ACK);
    int64_t ts = r->mode.ts && (first || r->syn_ts) && !rst;
    compare(r, "timestamp", !!(s->h.opts & TCP_OPT_TS), field(r, "ts", ts));
    compare(r, "MSS", s->h.opts & TCP_OPT_MSS ? s->h.mss : 0, field(r, "mss", syn ? r->mode.mss : 0));
    if (field(r, "ecr", ANY) != ANY && s->h.opts & TCP_OPT_TS)
        compare(r, "echo", (int32_t)(s->h.ts_ecr - ts_clock(r)), field(r, "ecr", ANY));
    if (field(r, "ws", ANY) != ANY)
        compare(r, "scale", s->h.opts & TCP_OPT_WSCALE ? s->h.wscale : -1, field(r, "ws", ANY));
}

static void compare_sack(const struct rows *r, uint32_t iss, const struct tcp_seg *s)
{
    struct sack_block expected[TCP_SACK_MAX];
    bool syn = s->h.flags & TCP_SYN;
    compare(r, "SACK permitted", !!(s->h.opts & TCP_OPT_SACK_OK),
            syn && r->cfg.sack && (!(s->h.flags & TCP_ACK) || r->syn_sack));
    if (syn || !strstr(r->row, " sack="))
        return;
    uint32_t count = sack_blocks(r, iss, expected);
    for (uint32_t i = 0; i < count && i < tcp_sack_count(s->h.opts); i++) {
        compare(r, "SACK from", (uint32_t)(s->h.sack[i].start - iss), expected[i].start - iss);
        compare(r, "SACK to", (uint32_t)(s->h.sack[i].end - iss), expected[i].end - iss);
    }
    compare(r, "number of SACK blocks", tcp_sack_count(s->h.opts), count);
}

static void row_sent(struct rows *r, const char *flags)
{
    if (r->sent_head == r->sent_tail)
        FAIL(r, "the engine sent nothing");
    const struct tcp_seg *s = &r->sent[r->sent_head++ % QUEUE];
    r->at = (uint32_t)(s->h.dst_port - RPORT) % PEERS;
    struct peer *p = peer(r);
    if (s->h.flags & TCP_SYN && (!p->numbered || !(s->h.flags & TCP_ACK)))
        number_from(p, s->h.seq);
    uint32_t seq = s->h.seq - p->our_iss, ack = s->h.ack - p->iss;
    compare(r, "flags", s->h.flags & ~TCP_PSH, flags_of(flags));
    compare_number(r, "seq", seq, p->our_nxt);
    if (s->h.flags & TCP_ACK)
        compare_number(r, "ack", ack, p->nxt);
    compare(r, "len", s->len, field(r, "len", 0));
    compare(r, "ECN", s->h.ecn, field(r, "ecn", 0));
    bool syn = s->h.flags & TCP_SYN;
    int shift = syn || r->syn_ws < 0 ? 0 : r->mode.scale;
    compare(r, "window", (int64_t)s->h.window << shift, field(r, "win", ANY));
    compare_options(r, s);
    compare_sack(r, p->iss, s);
    if (s->len)
        compare(r, "stream position", (int64_t)s->pos, (int64_t)seq - 1);
    uint32_t end = seq + s->len + !!(s->h.flags & TCP_FIN) + syn;
    if (!(s->h.flags & TCP_RST) && seq_lt(p->our_nxt, end))
        p->our_nxt = end;
    if (s->h.opts & TCP_OPT_TS)
        p->ts_val_seen = s->h.ts_val;
}

static void row_whatever(struct rows *r)
{
    while (r->sent_head != r->sent_tail) {
        const struct tcp_seg *s = &r->sent[r->sent_head++ % QUEUE];
        struct peer *p = &r->peers[(uint32_t)(s->h.dst_port - RPORT) % PEERS];
        p->our_nxt = seq_max(p->our_nxt, s->h.seq - p->our_iss + s->len + !!(s->h.flags & TCP_FIN));
    }
}

static void row_event(struct rows *r, const char *name)
{
    if (r->event_head == r->event_tail)
        FAIL(r, "no such event");
    enum tcp_event event = r->events[r->event_head++ % QUEUE];
    if (strcmp(events[event], name))
        FAIL(r, "the event is %s", events[event]);
}

static void row_state(struct rows *r, const char *name)
{
    const struct conn *c = peer(r)->conn == CONN_NONE ? NULL : tcp_conn(&r->t, peer(r)->conn);
    bool none = !c || c->state == TCP_CLOSED || c->state >= TCP_ABORTED;
    const char *found = none ? "none" : tcp_state_name((enum tcp_state)c->state);
    if (strcmp(found, name))
        FAIL(r, "the state is %s", found);
}

static void row_on(struct rows *r, const char *rest)
{
    for (size_t h = 0; h < 6; h++) {
        size_t len = strlen(hooks[h]);
        if (!strncmp(rest, hooks[h], len) && rest[len] == ' ') {
            snprintf(r->on[h], sizeof r->on[h], "%s", rest + len + 1);
            return;
        }
    }
    FAIL(r, "no such callback");
}

static void row_count(struct rows *r, const char *rest)
{
    for (enum counter c = 0; c < COUNTER_COUNT; c++) {
        size_t len = strlen(counter_name(c));
        if (!strncmp(rest, counter_name(c), len) && rest[len] == ' ') {
            compare(r, "counter", (int64_t)r->count[c], number(r, rest + len + 1));
            return;
        }
    }
    FAIL(r, "no such counter");
}

static uint32_t cfg_ticks(const struct rows *r, const char *name, uint32_t otherwise)
{
    int64_t ms = field(r, name, -1);
    return ms < 0 ? otherwise : (uint32_t)((uint64_t)ms * MS >> TCP_TICK_SHIFT);
}

static void row_cfg(struct rows *r)
{
    ck_assert_msg(!r->started, "cfg must come first");
    struct tcp_config *c = &r->cfg;
    c->conns = (uint32_t)field(r, "conns", c->conns);
    c->time_wait_entries = (uint32_t)field(r, "time_wait_entries", c->time_wait_entries);
    c->ooo_pieces = (uint32_t)field(r, "ooo_pieces", c->ooo_pieces);
    c->side_blocks = (uint32_t)field(r, "side_blocks", c->side_blocks);
    c->half_open = (uint32_t)field(r, "half_open", c->half_open);
    c->window = (uint32_t)field(r, "window", c->window);
    c->mss_min = (uint16_t)field(r, "mss_min", c->mss_min);
    int64_t segments = field(r, "init_cwnd", 0);
    c->init_cwnd = segments ? init_cwnd_of(&r->mode, (uint32_t)segments) : c->init_cwnd;
    c->retries = (uint8_t)field(r, "retries", c->retries);
    c->delayed_ack = field(r, "delayed_ack", c->delayed_ack);
    c->sack = field(r, "sack", c->sack);
    c->rack = field(r, "rack", c->rack);
    c->congestion = (uint8_t)field(r, "congestion", c->congestion);
    c->ecn = field(r, "ecn", c->ecn);
    c->nagle = field(r, "nagle", c->nagle);
    c->keepalive_tk = cfg_ticks(r, "keepalive", c->keepalive_tk);
    c->keepalive_interval_tk = cfg_ticks(r, "keepalive_interval", c->keepalive_interval_tk);
    c->keepalive_probes = (uint8_t)field(r, "keepalive_probes", c->keepalive_probes);
    c->rto_initial_tk = cfg_ticks(r, "rto_initial", c->rto_initial_tk);
    c->rto_max_tk = cfg_ticks(r, "rto_max", c->rto_max_tk);
}

static void row_peer(struct rows *r)
{
    r->syn_mss = field(r, "mss", r->syn_mss);
    r->syn_ws = field(r, "ws", r->syn_ws);
    r->syn_ts = field(r, "ts", r->syn_ts);
    r->syn_sack = field(r, "sack", r->syn_sack);
    peer(r)->iss = (uint32_t)field(r, "iss", peer(r)->iss);
}

static void play(struct rows *r, const char *const *script);

static const char *const handshake[] = {"open", "> S", "< SA", "> A", "event OPEN",
                                        "state ESTABLISHED", NULL};
static const char *const accepting[] = {"listen", "< S", "> SA", "< A", "event OPEN",
                                        "state ESTABLISHED", NULL};

static void row_listen(struct rows *r)
{
    if (!r->listening)
        ck_assert_int_eq(tcp_listen(&r->t, LPORT), 0);
    r->listening = true;
}

static bool starts(const char *row, const char *word)
{
    return !strncmp(row, word, strlen(word));
}

static bool expectation(struct rows *r, const char *row)
{
    if (*row == '>')
        row_sent(r, row + 2);
    else if (starts(row, "whatever"))
        row_whatever(r);
    else if (starts(row, "event "))
        row_event(r, row + 6);
    else if (starts(row, "state "))
        row_state(r, row + 6);
    else if (starts(row, "count "))
        row_count(r, row + 6);
    else if (starts(row, "data "))
        compare(r, "data", r->data, number(r, row + 5)), r->data = 0;
    else if (starts(row, "acked "))
        compare(r, "acked", (int64_t)r->acked, number(r, row + 6));
    else if (starts(row, "drop ")) {
        if (strcmp(drop_name((enum drop)r->drop), row + 5))
            FAIL(r, "the reason is %s", drop_name((enum drop)r->drop));
    } else
        return false;
    return true;
}

static void stimulus(struct rows *r, const char *row)
{
    if (r->sent_head != r->sent_tail)
        FAIL(r, "before it the engine sent flags %x seq %u len %u, not expected",
             r->sent[r->sent_head % QUEUE].h.flags,
             r->sent[r->sent_head % QUEUE].h.seq - peer(r)->our_iss,
             r->sent[r->sent_head % QUEUE].len);
    if (*row == '<')
        row_arrives(r, row + 2);
    else if (*row == '+')
        pass_ms(r, strtoull(row + 1, NULL, 10));
    else if (starts(row, "open"))
        row_open(r);
    else if (starts(row, "listen"))
        row_listen(r);
    else if (starts(row, "connect"))
        play(r, handshake);
    else if (starts(row, "accept"))
        play(r, accepting);
    else if (starts(row, "take "))
        r->take = (uint32_t)number(r, row + 5);
    else if (starts(row, "on "))
        row_on(r, row + 3);
    else if (starts(row, "port "))
        r->at = (uint32_t)number(r, row + 5);
    else if (starts(row, "skip ")) /* what comes now is compared with what was days ago */
        pass_days(r, (uint64_t)number(r, row + 5));
    else if (starts(row, "quiet ")) {
        pass_ms(r, (uint64_t)number(r, row + 6));
        if (r->sent_head != r->sent_tail)
            FAIL(r, "the engine sent something");
    } else if (starts(row, "hold") || starts(row, "go"))
        r->held = starts(row, "hold");
    else if (!starts(row, "nothing"))
        call(r, peer(r)->conn, row);
    drain(r);
}

static void play_row(struct rows *r, const char *row)
{
    r->row = row;
    if (starts(row, "only "))
        return;
    if (starts(row, "cfg"))
        row_cfg(r);
    else if (starts(row, "peer "))
        row_peer(r);
    else {
        start(r);
        if (!expectation(r, row))
            stimulus(r, row);
    }
}

/* "20* > A len=1m": so many times. */
static void play(struct rows *r, const char *const *script)
{
    for (; *script; script++) {
        char *row;
        long times = strtol(*script, &row, 10);
        if (*row != '*' || row == *script) {
            play_row(r, *script);
            continue;
        }
        while (times--)
            play_row(r, row + 2);
    }
}

static void finish(struct rows *r)
{
    r->row = "(end)";
    if (r->sent_head != r->sent_tail)
        FAIL(r, "%u segments were not expected, the first has flags %x", r->sent_tail - r->sent_head,
             r->sent[r->sent_head % QUEUE].h.flags);
    if (r->event_head != r->event_tail)
        FAIL(r, "event %s was not expected", events[r->events[r->event_head % QUEUE]]);
    memset(r->on, 0, sizeof r->on);
    for (uint32_t i = 0; i < r->cfg.conns; i++)
        tcp_abort(&r->t, i);
    drain(r);
    leak_check_tcp(&r->t);
    r->now_ns += 130000 * MS;
    tcp_timers(&r->t, r->now_ns, 1000);
    ck_assert_uint_eq(r->t.flows.count, 0);
    ck_assert_uint_eq(r->t.time_wait.count, 0);
    tcp_fini(&r->t);
}

void rows_play(const struct rows_mode *mode, const char *const *script)
{
    struct rows *r = calloc(1, sizeof *r);
    r->mode = *mode;
    r->cfg = config_of(mode);
    r->now_ns = mode->start_ns;
    r->take = UINT32_MAX;
    r->syn_mss = mode->mss;
    r->syn_ws = mode->scale ? mode->scale : -1;
    r->syn_ts = 1;
    r->syn_sack = mode->sack;
    for (uint32_t i = 0; i < PEERS; i++)
        r->peers[i] = (struct peer){.iss = mode->peer_iss + i * 0x10000, .conn = CONN_NONE};
    play(r, script);
    finish(r);
    free(r);
}

/* Whether the script's first row leaves this mode in. */
static bool includes(const char *first, const struct rows_mode *m)
{
    return !starts(first, "only ") ||
           ((m->sack || !strstr(first, " sack")) && (!m->sack || !strstr(first, " nosack")) &&
            (m->ts || !strstr(first, " ts")) && (!m->ts || !strstr(first, " nots")) &&
            (m->mss <= 1460 || !strstr(first, " small")));
}

void rows_matrix(const char *const *script)
{
    static const uint16_t sizes[] = {536, 1460, 8960};
    for (unsigned i = 0; i < 16 * 3 * 2; i++) {
        bool wraps = i & 8;
        struct rows_mode mode = {.ip = i / 48 ? 6 : 4, .ts = i & 1, .scale = i & 2 ? 7 : 0,
                                 .sack = i & 4, .mss = sizes[i / 16 % 3],
                                 .wide = sizes[i / 16 % 3] > 1460,
                                 .peer_iss = wraps ? 0xffffff80u : 77,
                                 .start_ns = wraps ? (1ull << 42) - 20 * MS : 5000 * MS,
                                 .iss_wraps = wraps};
        if (includes(*script, &mode))
            rows_play(&mode, script);
    }
}
