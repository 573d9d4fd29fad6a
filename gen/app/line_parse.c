/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One step a byte, except where it counts: the head of our own lines is recognised as a whole, and
 * strings are taken by the run. Both lead to the same states as the steps would.
 */
#include "app/line_parse.h"

#include <string.h>

#include "app/pattern.h"

enum line_step {
    STEP_START,
    STEP_FIRST_KEY, /* after {: a key or } */
    STEP_KEY,       /* after , in an object */
    STEP_IN_KEY,
    STEP_COLON,
    STEP_VALUE,
    STEP_FIRST_ITEM, /* after [: a value or ] */
    STEP_DIGITS,     /* id, reply or count */
    STEP_NULL,       /* id: null */
    STEP_WORD,       /* a string that must be one word */
    STEP_TEXT,       /* a string that must be our text */
    STEP_STRING,
    STEP_ESCAPE,
    STEP_BARE, /* any other number or literal */
    STEP_AFTER,
    STEP_END,
    STEP_WHOLE,
};

enum line_word {
    WORD_JSONRPC,
    WORD_ID,
    WORD_METHOD,
    WORD_PARAMS,
    WORD_RESULT,
    WORD_ERROR,
    WORD_PAD,
    WORD_REPLY,
    WORD_COUNT,
    WORD_VERSION,
    WORD_ECHO,
    WORD_NULL,
    WORD_NONE,
};
static const char words[][8] = {"jsonrpc", "id",    "method", "params", "result", "error",
                                "pad",     "reply", "count",  "2.0",    "echo",   "null"};

#define MEMBERS    ((1u << WORD_PAD) - 1) /* of the object itself */
#define INNER      ((1u << WORD_PAD) | (1u << WORD_REPLY) | (1u << WORD_COUNT)) /* of its params */
#define DIGITS_MAX 20

static bool is_space(uint8_t b)
{
    return b == ' ' || b == '\t' || b == '\r';
}

static bool go(struct line_state *s, enum line_step step)
{
    s->step = (uint8_t)step;
    return true;
}

static bool in_array(const struct line_state *s)
{
    return s->nest & 1;
}

static bool at_top(const struct line_state *s)
{
    return s->nest == 2; /* the 1, then one object */
}

static bool open_level(struct line_state *s, bool array)
{
    if (s->nest & 0x80)
        return false;
    s->nest = (uint8_t)(s->nest << 1 | array);
    return go(s, array ? STEP_FIRST_ITEM : STEP_FIRST_KEY);
}

static bool close_level(struct line_state *s, bool array)
{
    if (in_array(s) != array)
        return false;
    s->nest >>= 1;
    return go(s, s->nest == 1 ? STEP_END : STEP_AFTER);
}

static bool begin_word(struct line_state *s, unsigned candidates, enum line_step step)
{
    s->words = (uint16_t)candidates;
    s->pos = 0;
    return go(s, step);
}

static void match_word(struct line_state *s, uint8_t b)
{
    unsigned left = 0;
    for (unsigned w = s->words; w; w &= w - 1)
        if (b && words[__builtin_ctz(w)][s->pos] == b) /* a NUL is no end of a word */
            left |= w & -w;
    s->words = (uint16_t)left;
    if (left)
        s->pos++;
}

/* The word that ended here, or WORD_NONE. */
static enum line_word end_word(const struct line_state *s)
{
    for (unsigned w = s->words; w; w &= w - 1)
        if (words[__builtin_ctz(w)][s->pos] == '\0')
            return (enum line_word)__builtin_ctz(w);
    return WORD_NONE;
}

/* Notes that a member of the object itself appears; each may do so once. */
static bool note_member(struct line_state *s, enum line_word word)
{
    static const uint8_t seen[] = {[WORD_ID] = LINE_SEEN_ID,
                                   [WORD_METHOD] = LINE_SEEN_METHOD,
                                   [WORD_RESULT] = LINE_SEEN_RESULT,
                                   [WORD_ERROR] = LINE_SEEN_ERROR,
                                   [WORD_NONE] = 0};
    if (word == WORD_NONE || (s->seen & seen[word]))
        return false;
    s->seen = (uint8_t)((s->seen & ~LINE_IN_ERROR) | seen[word]);
    if (word == WORD_ERROR)
        s->seen |= LINE_IN_ERROR;
    return true;
}

static bool end_key(struct line_state *s, bool check)
{
    enum line_word word = end_word(s);
    s->member = (uint8_t)word;
    if (at_top(s) && !note_member(s, word))
        return false;
    if (check && word == WORD_NONE && !(s->seen & LINE_IN_ERROR))
        return false;
    return go(s, STEP_COLON);
}

static bool take_key(struct line_state *s, uint8_t b, bool check)
{
    if (b == '"')
        return end_key(s, check);
    match_word(s, b);
    return b >= ' ' && b != '\\';
}

static bool begin_text(struct line_state *s, bool check)
{
    if (!check || !(s->seen & LINE_SEEN_ID) || (s->seen & LINE_SEEN_NULL_ID))
        return go(s, STEP_STRING);
    s->number = 0;
    return go(s, STEP_TEXT);
}

static bool begin_string(struct line_state *s, bool check)
{
    if ((s->seen & LINE_IN_ERROR) || in_array(s))
        return go(s, STEP_STRING);
    switch (s->member) {
    case WORD_JSONRPC:
        return begin_word(s, 1u << WORD_VERSION, STEP_WORD);
    case WORD_METHOD:
        return begin_word(s, 1u << WORD_ECHO, STEP_WORD);
    case WORD_RESULT:
    case WORD_PAD:
        return begin_text(s, check);
    case WORD_ID:
    case WORD_REPLY:
    case WORD_COUNT:
        return false;
    default:
        return go(s, STEP_STRING);
    }
}

static bool take_digit(struct line_state *s, uint8_t b)
{
    uint64_t *n = &s->id, reply = s->number, count = s->count;
    if (s->member != WORD_ID)
        n = s->member == WORD_REPLY ? &reply : &count;
    if ((s->pos && !*n) || __builtin_mul_overflow(*n, 10, n) ||
        __builtin_add_overflow(*n, (uint64_t)(b - '0'), n) || reply > UINT32_MAX ||
        count > UINT32_MAX)
        return false;
    s->number = (uint32_t)reply;
    s->count = (uint32_t)count;
    s->pos++;
    return true;
}

static bool begin_id(struct line_state *s, uint8_t b)
{
    s->pos = 0;
    if (b >= '0' && b <= '9')
        return go(s, STEP_DIGITS) && take_digit(s, b);
    if (b != 'n')
        return false;
    begin_word(s, 1u << WORD_NULL, STEP_NULL);
    match_word(s, b);
    s->seen |= LINE_SEEN_NULL_ID;
    return true;
}

/* The number of `reply` or `count`; each may stand there once. */
static bool begin_number(struct line_state *s, uint8_t b)
{
    uint8_t seen = s->member == WORD_REPLY ? LINE_SEEN_REPLY : LINE_SEEN_COUNT;
    bool again = s->seen & seen;
    s->seen |= seen;
    s->pos = 0;
    if (s->member == WORD_REPLY)
        s->number = 0;
    return !again && b >= '0' && b <= '9' && go(s, STEP_DIGITS) && take_digit(s, b);
}

static bool is_bare(uint8_t b)
{
    return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || b == '-' || b == '+' || b == '.' ||
           b == 'E';
}

static bool begin_value(struct line_state *s, uint8_t b, bool check)
{
    bool own = !(s->seen & LINE_IN_ERROR) && !in_array(s);
    if (b == '"')
        return begin_string(s, check);
    if (own && s->member == WORD_ID)
        return begin_id(s, b);
    if (own && (s->member == WORD_REPLY || s->member == WORD_COUNT))
        return begin_number(s, b);
    if (own && (s->member == WORD_JSONRPC || s->member == WORD_METHOD || s->member == WORD_PAD))
        return false;
    if (b == '{' || b == '[')
        return open_level(s, b == '[');
    return is_bare(b) && go(s, STEP_BARE);
}

static bool take_after(struct line_state *s, uint8_t b)
{
    if (is_space(b))
        return go(s, STEP_AFTER);
    if (b == ',')
        return go(s, in_array(s) ? STEP_VALUE : STEP_KEY);
    return (b == '}' || b == ']') && close_level(s, b == ']');
}

static bool take_null(struct line_state *s, uint8_t b)
{
    if (b >= 'a' && b <= 'z') {
        match_word(s, b);
        return s->words != 0;
    }
    return end_word(s) == WORD_NULL && take_after(s, b);
}

static bool take_word(struct line_state *s, uint8_t b)
{
    if (b == '"')
        return end_word(s) != WORD_NONE && go(s, STEP_AFTER);
    match_word(s, b);
    return s->words != 0;
}

static bool take_string_byte(struct line_state *s, uint8_t b)
{
    if (b == '"')
        return go(s, STEP_AFTER);
    return b != '\n' && go(s, b == '\\' ? STEP_ESCAPE : STEP_STRING);
}

/* One byte; false: it must not stand there. */
static bool take_byte(struct line_state *s, uint8_t b, bool check)
{
    switch ((enum line_step)s->step) {
    case STEP_START:
        s->nest = 1;
        return b == '{' && open_level(s, false);
    case STEP_FIRST_KEY:
        if (b == '}')
            return close_level(s, false);
        __attribute__((fallthrough));
    case STEP_KEY:
        return is_space(b) || (b == '"' && begin_word(s, at_top(s) ? MEMBERS : INNER, STEP_IN_KEY));
    case STEP_IN_KEY:
        return take_key(s, b, check);
    case STEP_COLON:
        return is_space(b) || (b == ':' && go(s, STEP_VALUE));
    case STEP_FIRST_ITEM:
        if (b == ']')
            return close_level(s, true);
        __attribute__((fallthrough));
    case STEP_VALUE:
        return is_space(b) || begin_value(s, b, check);
    case STEP_DIGITS:
        return b >= '0' && b <= '9' ? take_digit(s, b) : take_after(s, b);
    case STEP_NULL:
        return take_null(s, b);
    case STEP_WORD:
        return take_word(s, b);
    case STEP_TEXT: /* the run ended at something else than the closing quote */
        return b == '"' && go(s, STEP_AFTER);
    case STEP_STRING:
        return take_string_byte(s, b);
    case STEP_ESCAPE:
        return b != '\n' && go(s, STEP_STRING);
    case STEP_BARE:
        return is_bare(b) || take_after(s, b);
    case STEP_AFTER:
        return take_after(s, b);
    case STEP_END:
        return b == '\r' || (b == '\n' && go(s, STEP_WHOLE));
    case STEP_WHOLE:
        break;
    }
    return false;
}

/* Bytes before the first `stop`. */
static uint32_t span_to(const uint8_t *data, uint32_t len, uint8_t stop)
{
    const uint8_t *at = memchr(data, stop, len);
    return at ? (uint32_t)(at - data) : len;
}

/* Text up to the closing quote, which is none of it, or to the first byte that is not ours. */
static uint32_t take_text(struct line_state *s, const uint8_t *text, const uint8_t *data,
                          uint32_t len)
{
    uint32_t same = pattern_match(text, pattern_line_start(s->id) + s->number, data, len);
    s->number += same;
    return same;
}

/* Plain bytes of a string: three vectorised passes beat one loop a byte. */
static uint32_t take_plain(const uint8_t *data, uint32_t len)
{
    len = span_to(data, len, '"');
    len = span_to(data, len, '\\');
    return span_to(data, len, '\n');
}

static uint32_t take_run(struct line_state *s, const uint8_t *text, const uint8_t *data,
                         uint32_t len)
{
    if (s->step == STEP_TEXT)
        return take_text(s, text, data, len);
    return s->step == STEP_STRING ? take_plain(data, len) : 0;
}

static bool starts_with(const uint8_t *data, uint32_t len, const char *head, uint32_t head_len)
{
    return len >= head_len && memcmp(data, head, head_len) == 0;
}
#define STARTS_WITH(data, len, literal) starts_with(data, len, literal, sizeof(literal) - 1)

/* What follows the id in our own lines, up to the text. */
static uint32_t skip_to_text(struct line_state *s, const uint8_t *data, uint32_t len, bool check)
{
    if (STARTS_WITH(data, len, LINE_RESULT)) {
        s->member = WORD_RESULT;
        note_member(s, WORD_RESULT);
        begin_text(s, check);
        return sizeof LINE_RESULT - 1;
    }
    if (STARTS_WITH(data, len, LINE_CALL)) {
        note_member(s, WORD_METHOD);
        s->member = WORD_PARAMS;
        open_level(s, false);
        return sizeof LINE_CALL - 1;
    }
    return 0;
}

/* The head of our own lines, when all of it is there; else 0 and the steps do it. */
static uint32_t skip_head(struct line_state *s, const uint8_t *data, uint32_t len, bool check)
{
    uint32_t at = sizeof LINE_HEAD - 1;
    if (len < at + DIGITS_MAX + 1 || !STARTS_WITH(data, len, LINE_HEAD))
        return 0;
    *s = (struct line_state){.member = WORD_ID, .seen = LINE_SEEN_ID, .nest = 2};
    s->step = STEP_DIGITS;
    while (at < len && data[at] >= '0' && data[at] <= '9')
        if (!take_digit(s, data[at++]))
            goto steps;
    if (s->pos)
        return at + skip_to_text(s, data + at, len - at, check);
steps:
    *s = (struct line_state){0};
    return 0;
}

uint32_t line_parse(struct line_state *s, const uint8_t *text, const uint8_t *data, uint32_t len)
{
    uint32_t at = s->off ? 0 : skip_head(s, data, len, text);
    while (at < len && !s->bad && s->step != STEP_WHOLE) {
        at += take_run(s, text, data + at, len - at);
        if (at < len)
            s->bad = !take_byte(s, data[at++], text);
    }
    s->off += at;
    return at;
}

bool line_is_whole(const struct line_state *s)
{
    return s->step == STEP_WHOLE;
}

bool line_text_differs(const struct line_state *s)
{
    return s->bad && s->step == STEP_TEXT;
}
