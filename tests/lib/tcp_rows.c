/* SPDX-License-Identifier: BSD-3-Clause */
/* Playing rows: the engine's callbacks, its clock, what the peer and the application do. */
#include "tcp_rows_internal.h"

#include <stdlib.h>

#include "base/err.h"
#include "leak_check.h"

enum hook { ON_OPEN, ON_DATA, ON_ACKED, ON_PEER_CLOSED, ON_FINAL, ON_TIMER };
static const char *const hooks[] = {"open", "data", "acked", "peer_closed", "final", "timer"};

static uint8_t text_byte(uint64_t pos)
{
    return (uint8_t)(pos * 131 + (pos >> 8) * 17);
}

/* --- the application -------------------------------------------------------------------------- */

static void call(struct rows *r, uint32_t conn, const char *what)
{
    if (!strncmp(what, "send ", 5))
        tcp_send(&r->t, conn, (uint32_t)rows_number(r, what + 5));
    else if (!strncmp(what, "timer ", 6))
        tcp_timer_set(&r->t, conn,
                      r->t.now_tk +
                          (uint32_t)((uint64_t)rows_number(r, what + 6) * MS >> TCP_TICK_SHIFT));
    else if (!strncmp(what, "path_mss ", 9))
        tcp_path_mss(&r->t, conn, (uint16_t)rows_number(r, what + 9));
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
    hook(r, conn,
         event == TCP_EVENT_OPEN          ? ON_OPEN
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

static void on_acked(void *ctx, uint32_t conn, uint32_t pos)
{
    struct rows *r = ctx;
    r->acked = pos;
    hook(r, conn, ON_ACKED);
}

static void on_timer(void *ctx, uint32_t conn)
{
    hook(ctx, conn, ON_TIMER);
}

static const struct tcp_ops ops = {
    .event = on_event, .data = on_data, .acked = on_acked, .timer = on_timer};

/* --- the engine ------------------------------------------------------------------------------- */

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
        while (r->segments ? tcp_output_long(&r->t, conn, r->segments, LONG_BYTES, &seg)
                           : tcp_output(&r->t, conn, &seg))
            collect(r, &seg);
    tcp_validate(&r->t);
}

static void pass_ms(struct rows *r, uint64_t ms)
{
    while (ms--) {
        r->now_ns += MS;
        if (tcp_timers(&r->t, r->now_ns,
                       1000)) /* looking at every millisecond took most of the time */
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
    rows_number_from(p, c->iss);
}

static void peer_options(struct rows *r, struct pkt_tcp *seg, bool syn)
{
    bool ts = r->mode.ts && (syn ? r->syn_ts != 0 : !strstr(r->row, " nots"));
    if (ts) {
        seg->opts |= TCP_OPT_TS;
        seg->ts_val = rows_ts_clock(r) + (uint32_t)rows_field(r, "ts", 0);
        seg->ts_ecr = peer(r)->ts_val_seen + (uint32_t)rows_field(r, "echo", 0);
    }
    if (syn && r->syn_mss) {
        seg->opts |= TCP_OPT_MSS;
        seg->mss = (uint16_t)rows_field(r, "mss", r->syn_mss);
    }
    if (syn && r->syn_ws >= 0) {
        seg->opts |= TCP_OPT_WSCALE;
        seg->wscale = (uint8_t)r->syn_ws;
    }
    if (syn && r->syn_sack)
        seg->opts |= TCP_OPT_SACK_OK;
    if (!syn)
        seg->opts |= (uint8_t)(rows_sack_blocks(r, peer(r)->our_iss, seg->sack) << TCP_SACK_SHIFT);
}

static void row_arrives(struct rows *r, const char *flags)
{
    struct peer *p = peer(r);
    struct pkt_tcp seg = {
        .src_port = (uint16_t)(RPORT + r->at), .dst_port = LPORT, .flags = rows_flags(flags)};
    bool syn = seg.flags & TCP_SYN;
    uint32_t at = (uint32_t)rows_field(r, "seq", syn ? 0 : p->nxt),
             len = (uint32_t)rows_field(r, "len", 0);
    uint32_t window = (uint32_t)rows_field(r, "win", WINDOW);
    seg.seq = p->iss + at;
    seg.ack = seg.flags & TCP_ACK ? p->our_iss + (uint32_t)rows_field(r, "ack", p->our_nxt) : 0;
    seg.ecn = (uint8_t)rows_field(r, "ecn", 0);
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

static void play(struct rows *r, const char *const *script);

static const char *const handshake[] = {
    "open", "> S", "< SA", "> A", "event OPEN", "state ESTABLISHED", NULL};
static const char *const accepting[] = {
    "listen", "< S", "> SA", "< A", "event OPEN", "state ESTABLISHED", NULL};

static void row_listen(struct rows *r)
{
    if (!r->listening)
        ck_assert_int_eq(tcp_listen(&r->t, LPORT), 0);
    r->listening = true;
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
    else if (starts(row, "long "))
        r->segments = (uint32_t)rows_number(r, row + 5);
    else if (starts(row, "take "))
        r->take = (uint32_t)rows_number(r, row + 5);
    else if (starts(row, "on "))
        row_on(r, row + 3);
    else if (starts(row, "port "))
        r->at = (uint32_t)rows_number(r, row + 5);
    else if (starts(row, "skip ")) /* what comes now is compared with what was days ago */
        pass_days(r, (uint64_t)rows_number(r, row + 5));
    else if (starts(row, "quiet ")) {
        pass_ms(r, (uint64_t)rows_number(r, row + 6));
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
        rows_cfg(r);
    else if (starts(row, "peer "))
        rows_peer_says(r);
    else {
        start(r);
        if (!rows_expect(r, row))
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
        FAIL(r, "%u segments were not expected, the first has flags %x",
             r->sent_tail - r->sent_head, r->sent[r->sent_head % QUEUE].h.flags);
    if (r->event_head != r->event_tail)
        FAIL(r, "event %s was not expected", rows_event_name(r->events[r->event_head % QUEUE]));
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
    r->cfg = rows_config(mode);
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
        struct rows_mode mode = {.ip = i / 48 ? 6 : 4,
                                 .ts = i & 1,
                                 .scale = i & 2 ? 7 : 0,
                                 .sack = i & 4,
                                 .mss = sizes[i / 16 % 3],
                                 .wide = sizes[i / 16 % 3] > 1460,
                                 .peer_iss = wraps ? 0xffffff80u : 77,
                                 .start_ns = wraps ? (1ull << 42) - 20 * MS : 5000 * MS,
                                 .iss_wraps = wraps};
        if (includes(*script, &mode))
            rows_play(&mode, script);
    }
}
