/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The JSON-RPC lines of `line`, read piece by piece: one object of JSON, closed by \n, either a
 * request or a reply.
 *
 * It is JSON as far as it matters here (RFC 8259): any order of members, blanks between tokens,
 * nesting up to 7 levels. Taken loosely are numbers and literals other than id and reply, and
 * control characters within strings (but \n, which always ends the line). Strict are the members
 * of the object itself: no others than jsonrpc, id, method, params, result, error; jsonrpc "2.0",
 * method "echo", id a whole number without sign or leading zero (null beside an error). A checking
 * reader (the client) compares every string that is the result, or the pad within params or
 * result, with the text that belongs to the id, when the id stood before it; it takes no other
 * members than pad, reply and count there.
 */
#ifndef APP_LINE_PARSE_H
#define APP_LINE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

enum line_seen {
    LINE_SEEN_ID = 1,
    LINE_SEEN_NULL_ID = 2,
    LINE_SEEN_METHOD = 4,
    LINE_SEEN_RESULT = 8,
    LINE_SEEN_ERROR = 16,
    LINE_SEEN_REPLY = 32,
    LINE_IN_ERROR = 64, /* inside the error member: anything goes */
    LINE_SEEN_COUNT = 128,
};

/* app_parse as this protocol uses it; of the same size, copied in and out. */
struct line_state {
    uint64_t id;
    uint32_t off;
    uint32_t number; /* server: the reply length asked for; client: bytes of text compared */
    uint8_t step;    /* enum line_step; 0 at the start of a line */
    uint8_t bad;
    uint8_t member; /* enum line_word: whose value is being read */
    uint8_t seen;   /* enum line_seen */
    uint16_t words; /* candidates for the word being read, one bit a word */
    uint8_t pos;    /* characters of it so far */
    uint8_t nest;   /* a 1, then one bit a level: 0 object, 1 array */
    uint32_t count; /* of replies asked for */
    uint32_t unused;
};

/* Takes bytes up to and including the closing \n, or the first wrong one (s->bad); returns how
 * many. `text`: the fixed text to check against (client), NULL: any text will do (server). */
uint32_t line_parse(struct line_state *s, const uint8_t *text, const uint8_t *data, uint32_t len);
bool line_is_whole(const struct line_state *s);
/* It went bad in a text that is not the one that its id calls for. */
bool line_text_differs(const struct line_state *s);

/* The first bytes of each of our own lines, up to the id. */
#define LINE_HEAD   "{\"jsonrpc\":\"2.0\",\"id\":"
#define LINE_CALL   ",\"method\":\"echo\",\"params\":{"
#define LINE_PAD    "\"pad\":\""
#define LINE_RESULT ",\"result\":\""

#endif
