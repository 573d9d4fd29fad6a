/* SPDX-License-Identifier: BSD-3-Clause */
#include "kernel_message.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"

#define REQUEST_HEAD "{\"jsonrpc\":\"2.0\",\"id\":%lu,\"method\":\"echo\",\"params\":{\"pad\":\""
#define REQUEST_TAIL "\"}}\n"
#define REPLY_HEAD   "{\"jsonrpc\":\"2.0\",\"id\":%lu,\"result\":\""
#define REPLY_TAIL   "\"}\n"

uint32_t message_len(const struct message_plan *p, uint64_t number)
{
    uint64_t span = (uint64_t)p->max - p->min, draw = rng_mix(p->seed, number);
    if (number < 2 || span == 0)
        return number == 0 ? p->min : p->max;
    unsigned bits = 64 - (unsigned)__builtin_clzll(span),
             width = (unsigned)(draw >> 58) % (bits + 1);
    uint64_t over = draw & ((1ull << width) - 1);
    return p->min + (uint32_t)(over > span ? span : over);
}

static void fill_bytes(uint64_t key, uint8_t *to, uint32_t len)
{
    for (uint32_t at = 0; at < len; at += 8) {
        uint64_t word = rng_mix(key, at);
        memcpy(to + at, &word, len - at < 8 ? len - at : 8);
    }
}

/* 64 characters that JSON leaves as they are. */
static void make_text(uint8_t *at, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        at[i] = (uint8_t) "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[at[i] &
                                                                                             63];
}

void message_fill(const struct message_plan *p, uint64_t number, uint8_t *to, uint32_t len)
{
    char head[MESSAGE_LINE_MIN];
    fill_bytes(rng_mix(p->seed, ~number), to, len);
    if (!p->line)
        return;
    uint32_t head_len = (uint32_t)snprintf(head, sizeof head, REQUEST_HEAD, number + 1);
    uint32_t tail_len = sizeof REQUEST_TAIL - 1;
    make_text(to, len);
    memcpy(to, head, head_len);
    memcpy(to + len - tail_len, REQUEST_TAIL, tail_len);
}

static bool is_result(uint64_t number, const uint8_t *reply, uint32_t len)
{
    char head[MESSAGE_LINE_MIN];
    uint32_t head_len = (uint32_t)snprintf(head, sizeof head, REPLY_HEAD, number + 1);
    uint32_t text_end = len - (uint32_t)(sizeof REPLY_TAIL - 1);
    if (memcmp(reply, head, head_len) != 0 ||
        memcmp(reply + text_end, REPLY_TAIL, len - text_end) != 0)
        return false;
    for (uint32_t i = head_len; i < text_end; i++)
        if (reply[i] < ' ' || reply[i] > '~' || reply[i] == '"' || reply[i] == '\\')
            return false;
    return true;
}

bool message_answered(const struct message_plan *p, uint64_t number, const uint8_t *request,
                      const uint8_t *reply, uint32_t len)
{
    return memcmp(request, reply, len) == 0 || (p->line && is_result(number, reply, len));
}
