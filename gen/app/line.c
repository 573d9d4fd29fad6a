/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * JSON-RPC 2.0 lines. A request is
 *
 *   {"jsonrpc":"2.0","id":N,"method":"echo","params":{"reply":LEN,"pad":"..."}}\n
 *
 * padded to its length; "reply" stands there only when the reply is to be of another length. The
 * reply is
 *
 *   {"jsonrpc":"2.0","id":N,"result":"..."}\n
 *
 * With "count":N behind "reply" the reply comes N times, each as long as "reply" says: a stream of
 * the server's.
 *
 * Pad and result are the fixed text from a place that depends on the id alone, so that the client
 * can check every byte of a reply made by a server that shares nothing with it. A server that
 * returns the request's line unchanged is as good. A line that is no request is answered with the
 * error of JSON-RPC 2.0, section 5.1, and the connection is to be closed.
 */
#include <assert.h>
#include <string.h>

#include "app/line_parse.h"
#include "app/pattern.h"
#include "app/protos.h"
#include "base/csum.h"

#define ID_MAX      20 /* digits */
#define REPLY_MAX   10
#define COUNT_MAX   10
#define REPLY_HEAD  "\"reply\":"
#define COUNT_HEAD  "\"count\":"
#define CALL_TAIL   "\"}}\n"
#define RESULT_TAIL "\"}\n"
#define PARSE_ERROR                                                                                \
    "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\"},\"id\":null}\n"
#define FOREIGN_MAX (1u << 20) /* longest line taken from a server that was asked for less */

#define LENGTH(literal) ((uint32_t)sizeof(literal) - 1)
#define MIN_REPLY       (LENGTH(LINE_HEAD) + ID_MAX + LENGTH(LINE_RESULT) + LENGTH(RESULT_TAIL))
#define MIN_CALL                                                                                   \
    (LENGTH(LINE_HEAD) + ID_MAX + LENGTH(LINE_CALL) + LENGTH(REPLY_HEAD) + REPLY_MAX + 1 +         \
     LENGTH(LINE_PAD) + LENGTH(CALL_TAIL))
#define MIN_STREAM (MIN_CALL + LENGTH(COUNT_HEAD) + COUNT_MAX + 1)

/* Any higher number: so many results, one after the other. */
enum response_kind { RESPONSE_RESULT, RESPONSE_PARSE_ERROR };

_Static_assert(sizeof(struct line_state) == sizeof(struct app_parse), "one lies in the other");

/* --- sending -------------------------------------------------------------------------------- */

/* The piece of a message that is asked for, filled from left to right. */
struct piece {
    uint8_t *to;
    uint32_t skip; /* bytes of the message before the piece that are still to come */
    uint32_t left, done;
    uint64_t sum;
};

/* How much of the next `len` bytes of the message belongs to the piece; 0 moves past them. */
static uint32_t piece_room(struct piece *p, uint32_t len)
{
    if (p->skip >= len) {
        p->skip -= len;
        return 0;
    }
    return len - p->skip < p->left ? len - p->skip : p->left;
}

static void piece_advance(struct piece *p, uint32_t n, uint64_t sum)
{
    p->sum += csum_at(sum, p->done);
    p->done += n;
    p->left -= n;
    p->skip = 0;
}

static void put_bytes(struct piece *p, const void *bytes, uint32_t len)
{
    uint32_t n = piece_room(p, len);
    if (n)
        piece_advance(p, n, csum_copy(p->to + p->done, (const uint8_t *)bytes + p->skip, n));
}

static void put_text(struct piece *p, const uint8_t *text, uint64_t start, uint32_t len)
{
    uint32_t n = piece_room(p, len);
    if (n)
        piece_advance(p, n, pattern_fill(text, start + p->skip, p->to + p->done, n));
}

static uint32_t digits_of(uint64_t n)
{
    uint32_t digits = 1;
    while (n >= 10) {
        n /= 10;
        digits++;
    }
    return digits;
}

/* An envelope up to its text, on the stack. */
struct head {
    uint32_t len;
    char bytes[MIN_STREAM];
};

static void append(struct head *h, const char *bytes, uint32_t len)
{
    memcpy(h->bytes + h->len, bytes, len);
    h->len += len;
}

static void append_number(struct head *h, uint64_t n)
{
    uint32_t digits = digits_of(n);
    for (uint32_t i = digits; i-- > 0; n /= 10)
        h->bytes[h->len + i] = (char)('0' + n % 10);
    h->len += digits;
}

static bool asks_for_several(const struct app_message *m)
{
    return m->replies > 1;
}

static bool asks_for_length(const struct app_message *m)
{
    return m->reply_len != m->len || asks_for_several(m);
}

static uint32_t call_head_len(const struct app_message *m)
{
    uint32_t len = LENGTH(LINE_HEAD) + digits_of(m->id) + LENGTH(LINE_CALL) + LENGTH(LINE_PAD);
    if (asks_for_length(m))
        len += LENGTH(REPLY_HEAD) + digits_of(m->reply_len) + 1;
    if (asks_for_several(m))
        len += LENGTH(COUNT_HEAD) + digits_of(m->replies) + 1;
    return len;
}

static void append_member(struct head *h, const char *head, uint32_t head_len, uint32_t value)
{
    append(h, head, head_len);
    append_number(h, value);
    append(h, ",", 1);
}

static void put_call_head(struct piece *p, const struct app_message *m)
{
    struct head h = {.len = 0};
    append(&h, LINE_HEAD, LENGTH(LINE_HEAD));
    append_number(&h, m->id);
    append(&h, LINE_CALL, LENGTH(LINE_CALL));
    if (asks_for_length(m))
        append_member(&h, REPLY_HEAD, LENGTH(REPLY_HEAD), m->reply_len);
    if (asks_for_several(m))
        append_member(&h, COUNT_HEAD, LENGTH(COUNT_HEAD), m->replies);
    append(&h, LINE_PAD, LENGTH(LINE_PAD));
    put_bytes(p, h.bytes, h.len);
}

static uint64_t line_client_fill(const struct app_ctx *c, const struct app_message *m, uint32_t off,
                                 uint8_t *buf, uint32_t len)
{
    struct piece p = {.to = buf, .skip = off, .left = len};
    uint32_t head_len = call_head_len(m), text_len = m->len - head_len - LENGTH(CALL_TAIL);
    assert(m->len >= head_len + LENGTH(CALL_TAIL));
    if (off < head_len)
        put_call_head(&p, m);
    else
        p.skip -= head_len;
    put_text(&p, c->text, pattern_line_start(m->id), text_len);
    put_bytes(&p, CALL_TAIL, LENGTH(CALL_TAIL));
    return p.sum;
}

static uint32_t result_head_len(uint64_t id)
{
    return LENGTH(LINE_HEAD) + digits_of(id) + LENGTH(LINE_RESULT);
}

static void put_result_head(struct piece *p, uint64_t id)
{
    struct head h = {.len = 0};
    append(&h, LINE_HEAD, LENGTH(LINE_HEAD));
    append_number(&h, id);
    append(&h, LINE_RESULT, LENGTH(LINE_RESULT));
    put_bytes(p, h.bytes, h.len);
}

static void put_result(struct piece *p, const struct app_ctx *c, uint64_t id, uint32_t len)
{
    uint32_t head_len = result_head_len(id), text_len = len - head_len - LENGTH(RESULT_TAIL);
    if (p->skip < head_len)
        put_result_head(p, id);
    else
        p->skip -= head_len;
    put_text(p, c->text, pattern_line_start(id), text_len);
    put_bytes(p, RESULT_TAIL, LENGTH(RESULT_TAIL));
}

static uint64_t line_server_fill(const struct app_ctx *c, const struct app_response *r,
                                 uint32_t off, uint8_t *buf, uint32_t len)
{
    uint32_t messages = r->kind > RESPONSE_PARSE_ERROR ? r->kind : 1, each = r->len / messages;
    struct piece p = {.to = buf, .skip = off % each, .left = len};
    if (r->kind == RESPONSE_PARSE_ERROR)
        put_bytes(&p, PARSE_ERROR, LENGTH(PARSE_ERROR));
    else
        while (p.left)
            put_result(&p, c, r->id, each);
    return p.sum;
}

/* --- receiving ------------------------------------------------------------------------------ */

/* Parses at most `max` bytes of one line, so that a line too long fails at the same byte however
 * the stream is cut. */
static uint32_t parse_bounded(struct app_parse *st, struct line_state *s, const uint8_t *text,
                              uint32_t max, const uint8_t *data, uint32_t len)
{
    memcpy(s, st, sizeof *s);
    uint32_t room = max > s->off ? max - s->off : 0;
    uint32_t taken = line_parse(s, text, data, len < room ? len : room);
    if (len && s->off >= max && !line_is_whole(s))
        s->bad = 1;
    memcpy(st, s, sizeof *s);
    return taken;
}

static enum result judge_reply(const struct line_state *s, const struct app_message *oldest)
{
    bool answered = s->seen & (LINE_SEEN_RESULT | LINE_SEEN_METHOD);
    bool other = line_text_differs(s) && oldest && s->id != oldest->id;
    if (s->bad) /* text that does not fit its id: not the id that was asked for */
        return other ? RESULT_WRONG_ID : RESULT_BAD_REPLY;
    if (s->seen & LINE_SEEN_ERROR)
        return RESULT_SERVER_ERROR;
    if (!answered || !(s->seen & LINE_SEEN_ID) || (s->seen & LINE_SEEN_NULL_ID))
        return RESULT_BAD_REPLY;
    if (oldest && oldest->id == s->id && oldest->reply_len != s->off)
        return RESULT_BAD_REPLY;
    return RESULT_OK;
}

/* An error that names no request, or nonsense, is taken as the answer to the oldest one. */
static uint64_t reply_id(const struct line_state *s, const struct app_message *oldest)
{
    bool told = (s->seen & LINE_SEEN_ID) && !(s->seen & LINE_SEEN_NULL_ID);
    bool named = told && (!s->bad || line_text_differs(s));
    return named || !oldest ? s->id : oldest->id;
}

static uint32_t line_client_rx(const struct app_ctx *c, struct app_parse *st,
                               const struct app_message *oldest, const uint8_t *data, uint32_t len,
                               struct app_reply *out, bool *done)
{
    struct line_state s;
    uint32_t want = oldest ? oldest->reply_len : 0, max = want > FOREIGN_MAX ? want : FOREIGN_MAX;
    uint32_t taken = parse_bounded(st, &s, c->text, max, data, len);
    *done = s.bad || line_is_whole(&s);
    if (*done) {
        enum result result = judge_reply(&s, oldest);
        *out = (struct app_reply){reply_id(&s, oldest), s.off, result};
        st->bad = result == RESULT_BAD_REPLY || result == RESULT_WRONG_ID;
    }
    return taken;
}

/* A reply's length: as asked, else the request's own; 0 when it cannot be made. */
static uint32_t result_len(const struct app_ctx *c, const struct line_state *s)
{
    uint32_t envelope = result_head_len(s->id) + LENGTH(RESULT_TAIL);
    if (s->seen & LINE_SEEN_REPLY)
        return s->number >= envelope && s->number <= c->payload_max ? s->number : 0;
    return s->off > envelope ? s->off : envelope; /* a terse foreign request */
}

/* What a whole request asks for; length 0: nothing that can be made. */
static struct app_response response_of(const struct app_ctx *c, const struct line_state *s)
{
    bool named = (s->seen & LINE_SEEN_ID) && !(s->seen & LINE_SEEN_NULL_ID);
    uint64_t count = s->seen & LINE_SEEN_COUNT ? s->count : 1;
    uint64_t all = named && (s->seen & LINE_SEEN_METHOD) ? count * result_len(c, s) : 0;
    uint32_t kind = count > 1 ? (uint32_t)count : RESPONSE_RESULT;
    return (struct app_response){s->id, all <= c->payload_max ? (uint32_t)all : 0, kind};
}

static uint32_t line_server_rx(const struct app_ctx *c, struct app_parse *st, const uint8_t *data,
                               uint32_t len, struct app_response *out, bool *done)
{
    struct line_state s;
    uint32_t taken = parse_bounded(st, &s, NULL, c->payload_max, data, len);
    *done = s.bad || line_is_whole(&s);
    if (!*done)
        return taken;
    *out = response_of(c, &s);
    if (s.bad || !out->len) {
        st->bad = 1;
        *out = (struct app_response){0, LENGTH(PARSE_ERROR), RESPONSE_PARSE_ERROR};
    }
    return taken;
}

const struct app_client line_client = {
    .name = "line",
    .match_by_id = true,
    .text_only = true,
    .min_len = MIN_CALL,
    .min_reply = MIN_REPLY,
    .min_stream = MIN_STREAM,
    .fill = line_client_fill,
    .rx = line_client_rx,
};
const struct app_server line_server = {
    .name = "line",
    .answer = APP_ANSWER_DESCRIBED,
    .rx = line_server_rx,
    .fill = line_server_fill,
};
