/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the script says is done when its time comes; what leaves must be what the next row says, and
 * in time. A segment that no row expects is a failure when the next thing is done.
 *
 * The time of a row is what the script says, so that delays do not add up; behind a range, or *,
 * it is when the row really came true.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "net/pkt.h"
#include "script/script.h"

struct player {
    const struct script *script;
    const struct script_side *side;
    const struct script_play *play;
    const struct script_row *row;
    uint64_t last_ns;        /* of the row before */
    uint32_t our_iss;        /* of the SYN that the side under test sent */
    uint8_t ts_val[4];       /* its latest timestamp, as on the wire */
    bool numbered;
    char *why;
};

static uint64_t allowed_ns(const struct player *p)
{
    return p->script->tolerance_ns + p->play->late_ns;
}

static int fail(struct player *p, const char *what, const char *found)
{
    char row[SEGMENT_TEXT + 40];
    snprintf(p->why, SCRIPT_WHY, "line %s: %s%s%s", script_row_text(row, sizeof row, p->row), what,
             found ? ": found " : "", found ? found : "");
    return -1;
}

static void show(struct player *p, const struct segment *sent, uint64_t at_ns)
{
    if (p->play->show)
        p->play->show(p->play->ctx, p->row, sent, at_ns);
}

/* --- time -------------------------------------------------------------------------------------- */

static uint64_t row_time(const struct player *p, uint64_t ns)
{
    switch (p->row->when) {
    case WHEN_AT:
        return ns;
    case WHEN_AFTER:
        return p->last_ns + ns;
    case WHEN_ANY:
        return p->last_ns;
    }
    return ns;
}

/* From now on the next row counts from here. */
static void settle_time(struct player *p, uint64_t really_ns)
{
    bool open = p->row->when == WHEN_ANY || p->row->from_ns != p->row->to_ns;
    p->last_ns = open ? really_ns : row_time(p, p->row->from_ns);
}

static const char *as_sent(struct player *p, const struct segment *s, char *buf)
{
    return segment_text(buf, s, p->our_iss, p->play->peer_iss);
}

/* Nothing may have left that no row has told. */
static int await_start(struct player *p)
{
    struct segment s;
    uint64_t at_ns, start = row_time(p, p->row->from_ns);
    char text[SEGMENT_TEXT];
    do {
        if (p->side->sent(p->side->ctx, &s, &at_ns))
            return fail(p, "before it a segment left that no row tells", as_sent(p, &s, text));
        if (p->side->now(p->side->ctx) < start)
            p->side->wait(p->side->ctx, start);
    } while (p->side->now(p->side->ctx) < start);
    return p->side->sent(p->side->ctx, &s, &at_ns)
               ? fail(p, "before it a segment left that no row tells", as_sent(p, &s, text))
               : 0;
}

/* --- what arrives ------------------------------------------------------------------------------ */

/* SACK blocks are told in our relative numbers, and leave in absolute ones. */
static void shift_sack(struct segment *s, uint32_t by)
{
    for (uint8_t at = 0; at + 1 < s->opts_len;) {
        uint8_t len = s->opts[at] < 2 ? 1 : s->opts[at + 1];
        if (!len)
            return;
        for (uint8_t i = 2; s->opts[at] == 5 && i + 4 <= len; i = (uint8_t)(i + 4)) {
            uint8_t *b = s->opts + at + i;
            uint32_t v = ((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]) + by;
            b[0] = (uint8_t)(v >> 24);
            b[1] = (uint8_t)(v >> 16);
            b[2] = (uint8_t)(v >> 8);
            b[3] = (uint8_t)v;
        }
        at = (uint8_t)(at + len);
    }
}

/* An option that the list has; NULL: none. */
static uint8_t *option_of(struct segment *s, uint8_t kind)
{
    for (uint8_t at = 0; at < s->opts_len;) {
        uint8_t k = s->opts[at], len = k < 2 || at + 1 >= s->opts_len ? 1 : s->opts[at + 1];
        if (k == kind)
            return s->opts + at;
        at = (uint8_t)(at + (len ? len : 1));
    }
    return NULL;
}

/* Whatever echo a script names, but 0, stands for the latest timestamp. */
static void echo_timestamp(struct player *p, struct segment *s)
{
    static const uint8_t none[4];
    uint8_t *ts = option_of(s, 8);
    if (ts && memcmp(ts + 6, none, 4))
        memcpy(ts + 6, p->ts_val, 4);
}

static void note_timestamp(struct player *p, struct segment *s)
{
    const uint8_t *ts = option_of(s, 8);
    if (ts)
        memcpy(p->ts_val, ts + 2, 4);
}

static int arrives(struct player *p)
{
    struct segment s = p->row->segment;
    if (await_start(p))
        return -1;
    s.seq += p->play->peer_iss;
    if (s.flags & TCP_ACK)
        s.ack += p->our_iss;
    shift_sack(&s, p->our_iss);
    echo_timestamp(p, &s);
    show(p, NULL, p->side->now(p->side->ctx));
    p->side->arrive(p->side->ctx, &s);
    settle_time(p, p->side->now(p->side->ctx));
    return 0;
}

/* --- what leaves ------------------------------------------------------------------------------- */

/* The same options with the same values, in any order; a timestamp's own value is the side's. */
static bool options_match(struct segment *want, struct segment *found)
{
    for (uint8_t kind = 2; kind < 9; kind++) {
        const uint8_t *a = option_of(want, kind), *b = option_of(found, kind);
        if (!a != !b || (a && a[1] != b[1]))
            return false;
        if (a && kind == 8 ? memcmp(a + 6, b + 6, 4) : a && memcmp(a, b, a[1]))
            return false;
    }
    return true;
}

static const char *differs(struct player *p, struct segment *s)
{
    const struct segment *want = &p->row->segment;
    struct segment wanted = *want;
    uint8_t flags = (uint8_t)((s->flags ^ want->flags) & ~TCP_PSH);
    if (flags)
        return "the flags are others";
    if (s->seq - p->our_iss != want->seq)
        return "it begins elsewhere";
    if (s->payload_len != want->payload_len)
        return "its length is another";
    if (s->flags & TCP_ACK && s->ack - p->play->peer_iss != want->ack)
        return "it acknowledges something else";
    if (p->row->has_window && s->window != want->window)
        return "its window is another";
    shift_sack(&wanted, p->play->peer_iss);
    return p->row->any_options || options_match(&wanted, s) ? NULL : "its options are others";
}

static int leaves(struct player *p)
{
    struct segment s;
    uint64_t at_ns, from = row_time(p, p->row->from_ns), to = row_time(p, p->row->to_ns);
    uint64_t end = p->row->when == WHEN_ANY ? p->last_ns + 60000000000u : to + allowed_ns(p);
    char text[SEGMENT_TEXT], found[SEGMENT_TEXT + 60];
    while (!p->side->sent(p->side->ctx, &s, &at_ns)) {
        if (p->side->now(p->side->ctx) >= end)
            return fail(p, "nothing left in time", NULL);
        p->side->wait(p->side->ctx, end);
    }
    if (s.flags & TCP_SYN && !p->numbered) {
        p->our_iss = s.seq;
        p->numbered = true;
    }
    note_timestamp(p, &s);
    const char *what = differs(p, &s);
    snprintf(found, sizeof found, "%s at %.6f s", as_sent(p, &s, text), (double)at_ns / 1e9);
    if (what)
        return fail(p, what, found);
    if (p->row->when != WHEN_ANY && (at_ns + allowed_ns(p) < from || at_ns > end)) {
        char late[120];
        snprintf(late, sizeof late, "it left at another time than %.6f to %.6f s", (double)from / 1e9,
                 (double)to / 1e9);
        return fail(p, late, found);
    }
    s.seq -= p->our_iss;
    s.ack -= s.flags & TCP_ACK ? p->play->peer_iss : 0;
    show(p, &s, at_ns);
    settle_time(p, at_ns);
    return 0;
}

/* --- calls ------------------------------------------------------------------------------------- */

static int calls(struct player *p)
{
    const char *error = "";
    char found[80];
    uint64_t start = row_time(p, p->row->from_ns);
    if (await_start(p))
        return -1;
    int64_t result = p->side->call(p->side->ctx, p->row, &error);
    snprintf(found, sizeof found, "%" PRId64 "%s%s", result, result < 0 ? " " : "",
             result < 0 ? error : "");
    if (result != p->row->result || (p->row->error[0] && strcmp(error, p->row->error)))
        return fail(p, "the call gives something else", found);
    show(p, NULL, start);
    settle_time(p, p->side->now(p->side->ctx));
    return 0;
}

int script_run(const struct script *s, const struct script_side *side,
               const struct script_play *play, char *why)
{
    struct player p = {.script = s, .side = side, .play = play, .why = why};
    int rc = 0;
    *why = 0;
    for (uint32_t i = 0; i < s->count && !rc; i++) {
        p.row = &s->rows[i];
        rc = p.row->kind == SCRIPT_ARRIVES  ? arrives(&p)
             : p.row->kind == SCRIPT_LEAVES ? leaves(&p)
                                            : calls(&p);
    }
    return rc;
}

char *script_row_text(char *buf, size_t size, const struct script_row *row)
{
    char text[SEGMENT_TEXT];
    if (row->kind == SCRIPT_CALL)
        snprintf(buf, size, "%u, %s = %" PRId64 "%s%s", row->line, script_call_name(row->call),
                 row->result, row->error[0] ? " " : "", row->error);
    else
        snprintf(buf, size, "%u, %c %s", row->line, row->kind == SCRIPT_ARRIVES ? '<' : '>',
                 segment_text(text, &row->segment, 0, 0));
    return buf;
}
