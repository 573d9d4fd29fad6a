/* SPDX-License-Identifier: BSD-3-Clause */
#include "flight/tape.h"

#include "net/pkt.h"

/* Bytes that a record of this kind has at least. */
static const struct kind {
    const char *name;
    uint16_t least_bytes;
} kinds[TAPE_KINDS] = {
    [TAPE_RX] = {"rx", 1},
    [TAPE_TX] = {"tx", 1},
    [TAPE_DRY] = {"dry", 0},
    [TAPE_TIMER] = {"timer", 0},
    [TAPE_OPEN] = {"open", sizeof(struct tape_open)},
    [TAPE_SEND] = {"send", sizeof(uint32_t)},
    [TAPE_CLOSE] = {"close", 0},
    [TAPE_ABORT] = {"abort", 0},
    [TAPE_PAUSE] = {"pause", 0},
    [TAPE_RESUME] = {"resume", 0},
    [TAPE_TOOK] = {"took", sizeof(uint32_t)},
    [TAPE_STATE] = {"state", sizeof(struct tape_tuple)},
};

const char *tape_kind_name(enum tape_kind kind)
{
    return kinds[kind].name;
}

const struct tape_record *tape_next(struct tape_cursor *c)
{
    const struct tape *t = c->tape;
    while (c->span < t->count && c->at == t->bytes[c->span]) {
        c->span++;
        c->at = 0;
    }
    if (c->span >= t->count)
        return NULL;
    const struct tape_record *r = (const void *)(t->spans[c->span] + c->at);
    c->at += tape_record_size(r->bytes);
    c->number++;
    return r;
}

static bool is_whole(const uint8_t *at, size_t left)
{
    const struct tape_record *r = (const void *)at;
    if (left < sizeof *r)
        return false;
    enum tape_kind kind = tape_kind_of(r);
    return kind > 0 && kind < TAPE_KINDS && r->bytes >= kinds[kind].least_bytes &&
           left >= tape_record_size(r->bytes);
}

bool tape_check(const struct tape *t, size_t *bad)
{
    *bad = 0;
    for (uint32_t s = 0; s < t->count; s++) {
        size_t at = 0;
        while (at < t->bytes[s]) {
            if (!is_whole(t->spans[s] + at, t->bytes[s] - at))
                return false;
            const struct tape_record *r = (const void *)(t->spans[s] + at);
            *bad += tape_record_size(r->bytes);
            at += tape_record_size(r->bytes);
        }
    }
    return true;
}

bool tape_tuple_equal(const struct tape_tuple *a, const struct tape_tuple *b)
{
    return a->lport == b->lport && a->rport == b->rport && ip_equal(a->local, b->local) &&
           ip_equal(a->remote, b->remote);
}

bool tape_tuple_of(const struct tape_record *r, struct tape_tuple *out)
{
    struct pkt p;
    bool arrived = tape_kind_of(r) == TAPE_RX;
    if (pkt_parse(&p, tape_body(r), r->bytes, true) || p.kind != PKT_TCP)
        return false;
    *out = (struct tape_tuple){.local = arrived ? p.dst : p.src, .remote = arrived ? p.src : p.dst,
                               .lport = arrived ? p.tcp.dst_port : p.tcp.src_port,
                               .rport = arrived ? p.tcp.src_port : p.tcp.dst_port};
    return true;
}

static bool is_frame(const struct tape_record *r)
{
    return tape_kind_of(r) == TAPE_RX || tape_kind_of(r) == TAPE_TX;
}

/* The tuple that a record names itself. */
static bool names(const struct tape_record *r, struct tape_tuple *out)
{
    if (is_frame(r))
        return tape_tuple_of(r, out);
    if (tape_kind_of(r) != TAPE_OPEN && tape_kind_of(r) != TAPE_STATE)
        return false;
    *out = *(const struct tape_tuple *)tape_body(r); /* the first member of both */
    return true;
}

struct tape_part tape_find(const struct tape *t, const struct tape_tuple *tuple)
{
    struct tape_part p = {.tuple = *tuple, .conn = CONN_NONE};
    struct tape_cursor c = tape_start(t);
    const struct tape_record *r;
    struct tape_tuple named;
    while ((r = tape_next(&c))) {
        enum tape_kind kind = tape_kind_of(r);
        if (kind == TAPE_RX || r->conn == CONN_NONE || !names(r, &named))
            continue;
        bool ours = tape_tuple_equal(&named, tuple);
        if (!ours && r->conn == p.conn && !p.until)
            p.until = c.number;
        if (!ours)
            continue;
        p.conn = r->conn;
        p.until = 0;
        if (kind == TAPE_OPEN || (kind == TAPE_STATE && !p.from)) {
            p.from = c.number;
            p.opened = kind == TAPE_OPEN;
        }
    }
    return p;
}

bool tape_has(const struct tape_part *p, const struct tape_record *r, uint32_t number)
{
    struct tape_tuple tuple;
    if (number < p->from)
        return false;
    if (names(r, &tuple))
        return tape_tuple_equal(&tuple, &p->tuple);
    return r->conn == p->conn && r->conn != CONN_NONE && (!p->until || number < p->until);
}

bool tape_last(const struct tape *t, struct tape_tuple *out)
{
    struct tape_cursor c = tape_start(t);
    const struct tape_record *r;
    struct tape_tuple named;
    bool found = false;
    while ((r = tape_next(&c)))
        if (names(r, &named)) {
            *out = named;
            found = true;
        }
    return found;
}
