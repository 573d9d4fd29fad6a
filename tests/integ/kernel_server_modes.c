/* SPDX-License-Identifier: BSD-3-Clause */
/* How the server answers: well, not at all, or badly in one particular way. */
#include "kernel_server.h"

#include <string.h>

#define ID_KEY "\"id\":"

static void take_nothing(struct server_conn *c, size_t from, struct counts *k)
{
    (void)from, (void)k;
    c->len = 0;
}

static void take_echo(struct server_conn *c, size_t from, struct counts *k)
{
    (void)from, (void)k;
    c->ready = c->len;
}

/* A line is answered when it is whole. */
static void take_line(struct server_conn *c, size_t from, struct counts *k)
{
    const uint8_t *at = c->buf + from, *end = c->buf + c->len, *newline;
    for (; at < end && (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1) {
        c->ready = (size_t)(newline + 1 - c->buf);
        k->lines++;
    }
}

static void take_reset(struct server_conn *c, size_t from, struct counts *k)
{
    take_nothing(c, from, k);
    c->reset = true;
}

/* Half of what came first, then FIN; the rest is read so that no RST overtakes the FIN. */
static void take_close_early(struct server_conn *c, size_t from, struct counts *k)
{
    if (c->seen) {
        c->len = from;
        return;
    }
    c->len /= 2;
    take_echo(c, from, k);
    c->mute = true;
}

static void take_bad_bytes(struct server_conn *c, size_t from, struct counts *k)
{
    c->buf[from] ^= 0x20;
    take_echo(c, from, k);
}

/* The digits of a line's id: their first, *len of them; NULL when there are none. */
static uint8_t *find_id(uint8_t *line, size_t line_len, size_t *len)
{
    uint8_t *end = line + line_len, *at = memmem(line, line_len, ID_KEY, sizeof ID_KEY - 1);
    if (!at)
        return NULL;
    for (at += sizeof ID_KEY - 1; at < end && *at == ' ';)
        at++;
    for (*len = 0; at + *len < end && at[*len] >= '0' && at[*len] <= '9';)
        ++*len;
    return *len ? at : NULL;
}

/* One more, in as many digits: 7 -> 8, 19 -> 20; 99 -> 80. */
static void bump_id(uint8_t *line, size_t line_len)
{
    size_t len;
    uint8_t *id = find_id(line, line_len, &len);
    for (; id && len > 0; len--) {
        if (id[len - 1] != '9') {
            id[len - 1]++;
            break;
        }
        if (len > 1)
            id[len - 1] = '0';
        else
            id[0] = '8';
    }
}

static void take_wrong_id(struct server_conn *c, size_t from, struct counts *k)
{
    uint8_t *at = c->buf + c->ready, *newline;
    take_line(c, from, k);
    for (; at < c->buf + c->ready; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(c->buf + c->ready - at));
        bump_id(at, (size_t)(newline - at));
    }
}

static const struct server_mode modes[] = {
    {"echo", take_echo, false},        {"line", take_line, true},
    {"discard", take_nothing, false},  {"silent", take_nothing, false},
    {"reset", take_reset, false},      {"close-early", take_close_early, false},
    {"wrong-id", take_wrong_id, true}, {"bad-bytes", take_bad_bytes, false},
};

const struct server_mode *server_mode_find(const char *name)
{
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    return NULL;
}

const char *server_mode_names(void)
{
    return "echo|line|discard|silent|reset|close-early|wrong-id|bad-bytes";
}

static bool line_is_good(struct server_conn *c, uint8_t *line, size_t line_len)
{
    size_t digits;
    uint64_t id = 0;
    uint8_t *at = find_id(line, line_len, &digits);
    if (!at || line[0] != '{' || line[line_len - 1] != '}')
        return false;
    for (; digits > 0; digits--)
        id = id * 10 + (uint64_t)(*at++ - '0');
    bool above = c->last_id < id + 1; /* last_id is kept one higher, so that 0 may be the first */
    c->last_id = id + 1;
    return above;
}

void server_lines_verify(struct server_conn *c, size_t from, size_t to, struct counts *k)
{
    uint8_t *at = c->buf + from, *end = c->buf + to, *newline;
    for (; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        k->bad_lines += !line_is_good(c, at, (size_t)(newline - at));
    }
}
