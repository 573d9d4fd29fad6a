/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes from a server: judged alike whole and in pieces, never read beyond, never OK unless
 * the line says what was asked for. */
#include <string.h>

#include "app/protos.h"
#include "tests/fuzz/fuzz.h"

struct outcome {
    struct app_reply reply;
    uint32_t taken;
    bool done;
};

static const struct app_ctx *context(void)
{
    static struct app_ctx c;
    if (!c.pattern && app_ctx_init(&c, 1, false, NULL))
        abort();
    return &c;
}

static struct outcome feed(const uint8_t *data, uint32_t size, uint32_t step)
{
    const struct app_message oldest = {.id = 9, .len = 128, .reply_len = 128};
    struct app_parse st = {0};
    struct outcome o = {0};
    while (o.taken < size && !o.done) {
        uint32_t n = size - o.taken < step ? size - o.taken : step;
        uint32_t taken =
            line_client.rx(context(), &st, &oldest, data + o.taken, n, &o.reply, &o.done);
        FUZZ_CHECK(taken <= n && (o.done || taken == n));
        o.taken += taken;
    }
    FUZZ_CHECK(!o.done || st.bad == (o.reply.result == RESULT_BAD_REPLY ||
                                     o.reply.result == RESULT_WRONG_ID));
    return o;
}

static void check_ok(const struct outcome *o, const uint8_t *data)
{
    FUZZ_CHECK(data[0] == '{' && data[o->taken - 1] == '\n' && o->reply.len == o->taken);
    FUZZ_CHECK(!memchr(data, '\n', o->taken - 1));
    FUZZ_CHECK(o->reply.id != 9 || o->taken == 128);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16)
        return 0;
    struct outcome whole = feed(data, (uint32_t)size, UINT32_MAX);
    for (uint32_t step = 1; step < 80; step = step * 2 + 1) {
        struct outcome pieces = feed(data, (uint32_t)size, step);
        FUZZ_CHECK(pieces.done == whole.done && pieces.taken == whole.taken);
        FUZZ_CHECK(pieces.reply.id == whole.reply.id && pieces.reply.len == whole.reply.len);
        FUZZ_CHECK(pieces.reply.result == whole.reply.result);
    }
    if (whole.done && whole.reply.result == RESULT_OK)
        check_ok(&whole, data);
    return 0;
}
