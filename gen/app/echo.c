/* SPDX-License-Identifier: BSD-3-Clause */
/* Opaque messages of a known size, sent back byte for byte; replies come in order. */
#include "app/pattern.h"
#include "app/protos.h"

static uint32_t finish(struct app_reply *out, const struct app_parse *st, uint64_t id,
                       enum result result, bool *done)
{
    *out = (struct app_reply){.id = id, .len = st->off, .result = result};
    *done = true;
    return 0;
}

/* Bytes that nobody asked for: there is no message to compare them with. */
static uint32_t refuse(struct app_parse *st, uint32_t len, struct app_reply *out, bool *done)
{
    st->bad = 1;
    finish(out, st, 0, RESULT_BAD_REPLY, done);
    return len;
}

static uint32_t echo_client_rx(const struct app_ctx *c, struct app_parse *st,
                               const struct app_message *oldest, const uint8_t *data, uint32_t len,
                               struct app_reply *out, bool *done)
{
    *done = false;
    if (!oldest)
        return len ? refuse(st, len, out, done) : 0;
    uint32_t want = oldest->reply_len - st->off, n = len < want ? len : want;
    uint32_t same = pattern_match(c->pattern, (uint64_t)oldest->start + st->off, data, n);
    st->off += same;
    if (same < n) {
        st->bad = 1;
        finish(out, st, oldest->id, RESULT_BAD_REPLY, done);
    } else if (n && n == want) {
        finish(out, st, oldest->id, RESULT_OK, done);
    }
    return n;
}

static uint32_t echo_server_rx(const struct app_ctx *c, struct app_parse *st, const uint8_t *data,
                               uint32_t len, struct app_response *out, bool *done)
{
    (void)c, (void)data;
    st->off += len;
    *out = (struct app_response){.len = len};
    *done = len > 0;
    return len;
}

const struct app_client echo_client = {
    .name = "echo",
    .min_len = 1,
    .min_reply = 1,
    .begin = pattern_begin_message,
    .fill = pattern_fill_message,
    .rx = echo_client_rx,
};
const struct app_server echo_server = {
    .name = "echo",
    .answer = APP_ANSWER_RETAINED,
    .rx = echo_server_rx,
};
