/* SPDX-License-Identifier: BSD-3-Clause */
/* One way: the client sends, the server counts. */
#include "app/pattern.h"
#include "app/protos.h"

/* Nothing is ever expected, so anything is wrong. */
static uint32_t discard_client_rx(const struct app_ctx *c, struct app_parse *st,
                                  const struct app_message *oldest, const uint8_t *data,
                                  uint32_t len, struct app_reply *out, bool *done)
{
    (void)c, (void)data;
    *done = len > 0;
    if (len) {
        st->bad = 1;
        st->off += len;
        *out = (struct app_reply){oldest ? oldest->id : 0, st->off, RESULT_BAD_REPLY};
    }
    return len;
}

static uint32_t discard_server_rx(const struct app_ctx *c, struct app_parse *st,
                                  const uint8_t *data, uint32_t len, struct app_response *out,
                                  bool *done)
{
    (void)c, (void)data;
    st->off += len;
    *out = (struct app_response){0};
    *done = len > 0;
    return len;
}

const struct app_client discard_client = {
    .name = "discard",
    .min_len = 1,
    .begin = pattern_begin_message,
    .fill = pattern_fill_message,
    .rx = discard_client_rx,
};
const struct app_server discard_server = {
    .name = "discard",
    .answer = APP_ANSWER_NONE,
    .rx = discard_server_rx,
};
